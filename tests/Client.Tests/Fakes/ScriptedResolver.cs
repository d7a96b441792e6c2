using System.Net;
using System.Net.Sockets;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Tests.Fakes;

/// <summary>Names and the addresses that they stand for, as a test sets them.</summary>
internal sealed class ScriptedResolver : IHostResolver
{
    private readonly Dictionary<string, IPAddress[]> _names = [];

    public string this[string host]
    {
        set
        {
            lock (_names) _names[host] = [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];
        }
    }

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        lock (_names) return _names.TryGetValue(host, out var addresses) ? Task.FromResult(addresses) : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
    }
}
