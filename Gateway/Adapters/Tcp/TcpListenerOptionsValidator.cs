using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>All stream listeners by name, as the configuration has them.</summary>
internal sealed class TcpListeners : Dictionary<string, TcpListenerOptions>
{
    public TcpListeners()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Those that are switched on, in the order of their names.</summary>
    public IEnumerable<KeyValuePair<string, TcpListenerOptions>> Active => this.Where(l => l.Value.Enabled).OrderBy(l => l.Key, StringComparer.Ordinal);
}

/// <summary>What no single option of a listener can tell alone.</summary>
internal sealed class TcpListenersValidator : IValidateOptions<TcpListeners>
{
    public ValidateOptionsResult Validate(string? name, TcpListeners options)
    {
        var faults = new List<string>();
        var bound = new List<(string Key, EndPoint EndPoint)>();
        foreach (var (listener, settings) in options.Active)
        {
            var key = $"{TcpListenerOptions.Section}:{listener}";
            if (settings.MaxBytesInFlight < settings.MaxMessageBytes)
            {
                faults.Add($"{key}:MaxBytesInFlight: {settings.MaxBytesInFlight} is less than {key}:MaxMessageBytes, {settings.MaxMessageBytes}; one message must fit.");
            }

            if (!ListenAddress.TryParse(settings.Address, out var endPoint, out var fault))
            {
                faults.Add($"{key}:Address: '{settings.Address}' is no address to listen on: {fault}.");
                continue;
            }

            if (bound.FirstOrDefault(other => Collide(other.EndPoint, endPoint)) is { Key: { } other })
            {
                faults.Add($"{key}:Address: '{settings.Address}' is taken by {other} already; two listeners cannot share an address.");
            }

            bound.Add((key, endPoint));
        }

        if (bound.Count is 0 && faults.Count is 0) faults.Add($"{TcpListenerOptions.Section}: no listener is enabled; a gateway needs one, as with --listen line=127.0.0.1:7000.");
        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool Collide(EndPoint a, EndPoint b) => (a, b) switch
    {
        (IPEndPoint x, IPEndPoint y) => x.Port == y.Port && x.Port is not 0 && (x.Address.Equals(y.Address) || CoversAll(x, y) || CoversAll(y, x)),
        _ => a.Equals(b),
    };

    // *:7000 takes the port on IPv4 and IPv6 (the socket is dual), 0.0.0.0:7000 on IPv4.
    private static bool CoversAll(IPEndPoint any, IPEndPoint other) =>
        any.Address.Equals(IPAddress.IPv6Any) || (any.Address.Equals(IPAddress.Any) && other.Address.AddressFamily == any.Address.AddressFamily);
}
