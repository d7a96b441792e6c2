using System.Net;

namespace OrleansEcho.Client.Gateways;

/// <summary>Finds the addresses that a name stands for.</summary>
internal interface IHostResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">It stands for none, or nobody knows.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}
