using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>The options of a pool. All faults are reported at once: when the host starts, or when the pool is made.</summary>
public sealed class EchoClientPoolOptions
{
    /// <summary>What metrics and logs call the pool: not empty.</summary>
    /// <remarks>The default is enough for a program with one pool.</remarks>
    public string Name { get; set; } = "default";

    /// <summary>Where gateways listen: <c>echo.example:7001</c>, <c>10.0.0.1:7001</c>, <c>[::1]:7001</c> or <c>unix:/path</c>; one at least. A name is one gateway for each address that it stands for.</summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>How each connection talks to its gateway.</summary>
    public EchoConnectionOptions Connection { get; } = new();

    /// <summary>Which gateway is next.</summary>
    /// <remarks>The default is even, also when some leases last longer than others.</remarks>
    public GatewayChoice Choice { get; set; } = GatewayChoice.LeastOutstanding;

    /// <summary>How many connections the pool keeps, idle ones included: 0 to <see cref="MaximumSize"/>.</summary>
    /// <remarks>The default holds nothing of a gateway's that nobody needs.</remarks>
    public int MinimumSize { get; set; }

    /// <summary>How many connections there are at most, idle and opening ones included: 1 to 10,000.</summary>
    /// <remarks>The default is small, because each connection carries many requests at once.</remarks>
    public int MaximumSize { get; set; } = 10;

    /// <summary>How long to wait for a connection: 1 ms to 1 h.</summary>
    /// <remarks>The default leaves time to connect to three gateways, one after the other.</remarks>
    public TimeSpan AcquireTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection above <see cref="MinimumSize"/> may idle before it is closed: 1 s to 1 d, up to 250 ms more.</summary>
    /// <remarks>The default is less than the five minutes after which a gateway closes an idle connection itself.</remarks>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>How old a connection grows: 1 s to 30 d; each up to a tenth less by chance, so that they do not all go at once. It is closed when it is idle or returned.</summary>
    /// <remarks>The default lets connections find gateways that have joined within the half hour.</remarks>
    public TimeSpan MaximumLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How old the last echo of a connection may be before it has to echo one byte to be leased: 0 (it always has to) to 1 d.</summary>
    /// <remarks>The default is less than most of what drops idle connections silently, and costs a busy pool nothing.</remarks>
    public TimeSpan ValidateAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long that echo, or the first one of a new connection, may take: 1 ms to 1 h.</summary>
    /// <remarks>The default is far more than an echo takes, and far less than <see cref="AcquireTimeout"/>.</remarks>
    public TimeSpan ValidationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After how long a lease is logged as a possible leak, with where it was acquired: 1 s to 1 d; never when null. Nothing is taken away.</summary>
    /// <remarks>The default is several request time-outs: what holds a connection longer has likely forgotten it.</remarks>
    public TimeSpan? LeakThreshold { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the disposal waits for leases to return before it closes their connections: 0 to 1 h.</summary>
    /// <remarks>The default lets a request finish that was just begun.</remarks>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long a gateway is left alone after its first failure: 1 ms to 1 h; doubled with each further one, each time up to a half less by chance.</summary>
    /// <remarks>The default is about as long as a gateway takes to come back.</remarks>
    public TimeSpan FirstEjection { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest time for which a gateway is left alone: <see cref="FirstEjection"/> to 1 d.</summary>
    /// <remarks>The default is how late a gateway that was away for long is found again.</remarks>
    public TimeSpan LongestEjection { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often names are resolved again: 1 s to 1 d. What a name stands for no more gets no new leases.</summary>
    /// <remarks>The default is a common time to live of records that change.</remarks>
    public TimeSpan ResolveInterval { get; set; } = TimeSpan.FromSeconds(30);
}
