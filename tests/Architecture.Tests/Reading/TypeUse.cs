using Mono.Cecil;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>A type that a person wrote uses another.</summary>
/// <param name="User">The top-level type that the use stands in.</param>
/// <param name="Member">The member that it stands in, for the message.</param>
/// <param name="Used">The top-level type that is used, or that contains it.</param>
internal sealed record TypeUse(TypeDefinition User, string Member, TypeReference Used)
{
    public override string ToString() => $"{User.FullName} uses {Used.FullName} in {Member}";
}
