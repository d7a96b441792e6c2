namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>What reaches the grains by way of one silo, and no other.</summary>
internal interface ISiloClient : IAsyncDisposable
{
    /// <summary>The grains; usable once it has connected.</summary>
    IGrainFactory Grains { get; }

    /// <summary>Cancelled when the connection to the silo is gone.</summary>
    CancellationToken Disconnected { get; }

    /// <summary>Connects. One try.</summary>
    /// <param name="patience">How long a silo that takes the connection may take to say who it is.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="Exception">The silo cannot be reached, or is a stranger.</exception>
    Task ConnectAsync(TimeSpan patience, CancellationToken cancellationToken);
}
