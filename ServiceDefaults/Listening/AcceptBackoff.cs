using System.Net;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Listening;

/// <summary>
/// How long a listener waits that cannot accept, or must not because descriptors are short: twice as long each time. It says so once in ten
/// seconds, with what to do about it, and says when it is over. Who connects meanwhile waits in the kernel's queue. Used by the listener's
/// loop alone.
/// </summary>
/// <param name="endPoint">Where the listener is.</param>
/// <param name="reserve">What it must leave to others.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to say so.</param>
public sealed partial class AcceptBackoff(EndPoint endPoint, DescriptorReserve reserve, TimeProvider time, ILogger<AcceptBackoff> logger)
{
    /// <summary>The first wait: by then a connection may have been closed.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest: nobody waits longer for a descriptor that has become free.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>How often it is said at most.</summary>
    public static readonly TimeSpan SayingInterval = TimeSpan.FromSeconds(10);

    private bool _isOn;
    private string? _error;
    private TimeSpan _pause = Shortest;
    private long? _saidAt;
    private bool _isToSayOver;

    /// <summary>
    /// A connection was accepted. It is kept even when it has taken one of the reserve: it is one, and the next one waits.
    /// </summary>
    /// <param name="descriptor">Its descriptor.</param>
    public void Accepted(int descriptor)
    {
        if (reserve.IsTouchedBy(descriptor)) _isOn = true;
        else if (_isOn) End();
    }

    /// <summary>No connection could be accepted.</summary>
    /// <param name="error">Why, as the system says it.</param>
    public void Failed(string error) => (_isOn, _error) = (true, error);

    /// <summary>Asks before each accept.</summary>
    /// <returns>How long to wait before asking again; null when it may accept now.</returns>
    public TimeSpan? Next()
    {
        if (!_isOn) return null;
        var shortage = reserve.Look();
        if (shortage is DescriptorShortage.None && _error is null) return null; // whether the room lasts, the next one's descriptor tells
        Say(shortage);
        _error = null;
        var pause = _pause;
        _pause = 2 * pause < Longest ? 2 * pause : Longest;
        return pause;
    }

    private void End()
    {
        (_isOn, _error, _pause) = (false, null, Shortest);
        if (!_isToSayOver) return;
        _isToSayOver = false;
        Log.AcceptsAgain(logger, endPoint);
    }

    private void Say(DescriptorShortage shortage)
    {
        if (_saidAt is { } before && time.GetElapsedTime(before) < SayingInterval) return;
        (_saidAt, _isToSayOver) = (time.GetTimestamp(), true);
        Log.AcceptsNobody(logger, endPoint, Explain(shortage));
    }

    private string Explain(DescriptorShortage shortage) => shortage switch
    {
        DescriptorShortage.Process =>
            $"all but the reserve of the {reserve.Limit} files that this process may have open are in use; "
            + "raise its limit (ulimit -n, LimitNOFILE=), or let it hold fewer connections",
        DescriptorShortage.System => "the whole system has no open files left; raise its limit (fs.file-max), or end what holds them",
        _ => _error ?? "",
    };

    private static partial class Log
    {
        [LoggerMessage(1041, LogLevel.Warning, "Nobody is accepted on {EndPoint} for now: {Why}. Who connects has to wait.")]
        public static partial void AcceptsNobody(ILogger logger, EndPoint endPoint, string why);

        [LoggerMessage(1042, LogLevel.Information, "Connections are accepted on {EndPoint} again.")]
        public static partial void AcceptsAgain(ILogger logger, EndPoint endPoint);
    }
}
