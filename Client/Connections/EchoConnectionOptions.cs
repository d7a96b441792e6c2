namespace OrleansEcho.Client.Connections;

/// <summary>How a connection talks to its gateway. All faults of the options are reported at once, when the client or the pool is made.</summary>
public sealed class EchoConnectionOptions
{
    /// <summary>How messages are told apart, as the gateway's listener does: <c>length-prefixed</c> or <c>line</c>, in any case.</summary>
    /// <remarks>The default is the one for programs: any bytes, and no echo can be taken for a refusal.</remarks>
    public string Framing { get; set; } = "length-prefixed";

    /// <summary>The longest message, in bytes of payload: 1 to 16,777,216. A longer one is not sent.</summary>
    /// <remarks>The default is the gateway's own: what passes here passes there, unless one of them was changed.</remarks>
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>How many requests may wait for their echoes at once, 1 to 65,536; more wait until there is room, and their time-out runs. As many messages of <see cref="MaxMessageBytes"/> are 1 GiB or less.</summary>
    /// <remarks>The default bounds what a gateway that does not answer makes the client hold: 256 messages, each of them twice.</remarks>
    public int MaxRequestsInFlight { get; set; } = 256;

    /// <summary>How long connecting and the TLS handshake may take together: 1 ms to 1 h.</summary>
    /// <remarks>The default is time for one lost SYN and its repetition (1 s and 2 s): what takes longer does not come.</remarks>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a request waits for its echo, from the call on: 1 ms to 1 h.</summary>
    /// <remarks>The default outlasts a silo that dies, which costs a connection a second or two, and is less than a person's patience.</remarks>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>TLS to whatever stands before the gateway; none when null, the default: a gateway's listeners speak plain TCP.</summary>
    public EchoTlsOptions? Tls { get; set; }
}
