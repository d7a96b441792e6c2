namespace OrleansEcho.ServiceDefaults;

/// <summary>A part of a program that binds addresses: registered, so that no two parts claim the same one.</summary>
public interface IEndpointClaims
{
    /// <summary>What it will bind; what is not a valid address is left out.</summary>
    IEnumerable<EndpointClaim> Claims { get; }
}
