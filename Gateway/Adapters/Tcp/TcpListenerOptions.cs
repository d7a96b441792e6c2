using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansEcho.Gateway.Connections;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>One stream listener: section <c>Gateway:Listeners:&lt;name&gt;</c>. A time-out of 0 is none.</summary>
internal sealed class TcpListenerOptions
{
    /// <summary>The section of all listeners.</summary>
    public const string Section = "Gateway:Listeners";

    /// <summary>Whether there is this listener at all: how one of the default ones is switched off.</summary>
    [Description("Whether the listener exists; false switches a default one off.")]
    public bool Enabled { get; set; } = true;

    /// <summary>Where it listens.</summary>
    [Description("Where it listens: 127.0.0.1:7000, [::1]:7000, *:7000 (all addresses), localhost:7000, or unix:/path/to/socket.")]
    public string Address { get; set; } = "";

    /// <summary>How messages are told apart on its connections; none by default, because a listener in another framing than its peers' answers nobody.</summary>
    [Description("How messages are told apart (docs/protocols.md); the three listeners that there are by default have theirs, every other one needs it.")]
    [AllowedValues("line", "length-prefixed", "raw")]
    public string Framing { get; set; } = "";

    /// <summary>
    /// The longest message, in bytes of payload. 64 KiB holds nearly every chat, game or device message and keeps what one connection
    /// can cost small (and below the 85,000 bytes from which .NET's arrays are expensive).
    /// </summary>
    [Description("The longest message, in bytes of payload.")]
    [Range(1, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>The most bytes of a connection that travel to its grain at once. More than one longest message buys little: one set is under way at a time.</summary>
    [Description("The most payload bytes of one connection that travel to its grain at once; at least MaxMessageBytes.")]
    [Range(1, 16 * 1024 * 1024)]
    public int MaxBytesInFlight { get; set; } = 64 * 1024;

    /// <summary>How long a connection may be silent at its beginning, in seconds: a person at a terminal needs some time, a port scanner none.</summary>
    [Description("How long a new connection may send nothing, in seconds; 0 for as long as IdleTimeoutSeconds says.")]
    [Range(0, 86_400)]
    public double FirstByteTimeoutSeconds { get; set; } = 60;

    /// <summary>How long a connection lives without a complete message, in seconds. Just below the 350 s after which common balancers forget a connection.</summary>
    [Description("How long a connection may go without a complete message, in seconds, once its first byte has come; 0 for ever.")]
    [Range(0, 86_400)]
    public double IdleTimeoutSeconds { get; set; } = 300;

    /// <summary>
    /// How long a peer may take for one set of echoes once all buffers on the way are full, in seconds. As long as a connection waits for
    /// a silo; with the longest set of 64 KiB it asks no more than 4 KiB/s of a peer. Longer messages may need longer.
    /// </summary>
    [Description("How long a peer may take for the echoes that were written to it, a set at a time, once all buffers are full, in seconds; 0 for ever.")]
    [Range(0, 86_400)]
    public double SendTimeoutSeconds { get; set; } = 30;

    /// <summary>How long a connection that the gateway closes still takes what the peer sends, in seconds, so that the reason arrives before a reset does: longer than a round trip to anywhere.</summary>
    [Description("How long a connection that the gateway closes still reads, in seconds, so that the peer gets the reason and no reset.")]
    [Range(0, 60)]
    public double LingerSeconds { get; set; } = 1;

    /// <summary>How many connections the kernel holds until they are accepted. The kernel's own ceiling (net.core.somaxconn, 4096 by default) applies.</summary>
    [Description("How many connections may wait to be accepted; the kernel's net.core.somaxconn is the ceiling.")]
    [Range(1, 65_535)]
    public int Backlog { get; set; } = 4096;

    /// <summary>After how long a silence the kernel asks the peer for a sign of life, in seconds: NAT boxes forget a connection after five minutes.</summary>
    [Description("After how many seconds of silence TCP asks for a sign of life (then every 15 s, 4 times); 0 never.")]
    [Range(0, 32_767)]
    public int KeepAliveSeconds { get; set; } = 120;

    /// <summary>Whether small writes go out at once. An echo that waits for the last one's acknowledgement costs up to 40 ms.</summary>
    [Description("Whether small writes go out at once (TCP_NODELAY).")]
    public bool NoDelay { get; set; } = true;

    /// <summary>
    /// How many bytes the kernel holds of a peer that the gateway does not read from, at most. None by default: the kernel lets the window
    /// of a fast peer on a long path grow as far as that needs. A bound is a bound of the throughput as well: so many bytes a round trip.
    /// </summary>
    [Description(
        "How many bytes of a peer the kernel holds that have not been read, which it counts twice (SO_RCVBUF), and so how many a round trip "
        + "brings at most; 0 for what the kernel finds right. The kernel's net.core.rmem_max is the ceiling.")]
    [Range(0, 64 * 1024 * 1024)]
    public int ReceiveBufferBytes { get; set; }

    internal ConnectionLimits Limits => new()
    {
        MaxMessageBytes = MaxMessageBytes,
        MaxBytesInFlight = MaxBytesInFlight,
        FirstByteTimeout = TimeSpan.FromSeconds(FirstByteTimeoutSeconds),
        IdleTimeout = TimeSpan.FromSeconds(IdleTimeoutSeconds),
        SendTimeout = TimeSpan.FromSeconds(SendTimeoutSeconds),
        Linger = TimeSpan.FromSeconds(LingerSeconds),
    };
}
