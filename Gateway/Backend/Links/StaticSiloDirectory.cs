using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>The list that the configuration has.</summary>
internal sealed class StaticSiloDirectory(IOptions<ClusterBackendOptions> options) : ISiloDirectory
{
    private readonly IReadOnlyList<IPEndPoint> _silos = [.. ClusterBackendOptionsValidator.ParseSilos(options.Value.Silos)];

    public string Description => $"at {options.Value.Silos} ({BackendOptions.Section}:Silos)";

    public string? Fault => null;

    public Task<IReadOnlyList<IPEndPoint>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(_silos);
}
