using System.Net;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>
/// Says in the log who was refused, and whom one could not connect to: a fault of a machine at once, and then
/// once a minute for as long as it lasts.
/// </summary>
internal sealed partial class TlsFaultLog(TimeProvider time, ILogger<TlsFaultLog> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // More than a cluster has of machines with faults: what goes beyond is a flood, and shares one line.
    private const int Most = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Machine, string Fault), ToldFault> _said = [];

    /// <summary>A peer that connected was refused.</summary>
    public void Refused(EndPoint? peer, string fault)
    {
        if (TryCount(peer, fault, out var more)) Log.Refused(logger, peer, fault, more);
    }

    /// <summary>A silo was not connected to.</summary>
    public void NotConnected(EndPoint? silo, string fault)
    {
        if (TryCount(silo, fault, out var more)) Log.NotConnected(logger, silo, fault, more);
    }

    private bool TryCount(EndPoint? peer, string fault, out string more)
    {
        var (now, key) = (time.GetTimestamp(), ((peer as IPEndPoint)?.Address.ToString() ?? "", fault));
        lock (_lock)
        {
            if (!_said.ContainsKey(key) && _said.Count >= Most) Forget(now);
            if (!_said.ContainsKey(key) && _said.Count >= Most) key = ("", "");
            if (_said.TryGetValue(key, out var said) && time.GetElapsedTime(said.At, now) < Interval)
            {
                said.Untold++;
                more = "";
                return false;
            }

            more = said is { Untold: > 0 and var untold } ? $" ({untold} more like it since the last such line)" : "";
            _said[key] = new ToldFault(now);
            return true;
        }
    }

    private void Forget(long now)
    {
        foreach (var (key, said) in _said.ToList())
        {
            if (time.GetElapsedTime(said.At, now) >= Interval) _said.Remove(key);
        }
    }

    private sealed class ToldFault(long at)
    {
        public long At => at;

        public int Untold { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1035, LogLevel.Warning, "Refused a connection from {Peer}: {Fault}.{More}")]
        public static partial void Refused(ILogger logger, EndPoint? peer, string fault, string more);

        [LoggerMessage(1036, LogLevel.Warning, "No connection to silo {Silo}: {Fault}.{More}")]
        public static partial void NotConnected(ILogger logger, EndPoint? silo, string fault, string more);
    }
}
