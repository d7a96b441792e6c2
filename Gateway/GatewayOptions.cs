using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.Gateway;

/// <summary>What holds for a gateway process as a whole: section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Gateway";

    /// <summary>The gateway's name, as operators see it; the machine's name where there is one gateway a machine.</summary>
    [Description("The gateway's name, as grains and operators see it; the machine's name when empty.")]
    public string Name { get; set; } = "";

    /// <summary>
    /// How many connections this process holds at most. A small machine holds ten thousand with room to spare (docs/performance.md),
    /// and they fit into the descriptor limit of most.
    /// </summary>
    [Description("How many connections this process holds at most; it must fit into the process's limit of open files.")]
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// How long a stopping gateway leaves open connections alone before it asks them to close, in seconds. None by default: an echo's
    /// peers never finish by themselves. An application whose peers do gives them the time that they need.
    /// </summary>
    [Description("How long a stopping gateway waits for peers to finish by themselves before it closes connections, in seconds.")]
    [Range(0, 3600)]
    public double DrainWaitSeconds { get; set; }

    /// <summary>
    /// How long a stopping gateway gives connections to take their last echoes before it aborts them, in seconds, after
    /// <see cref="DrainWaitSeconds"/>: within the 10 s that container engines give, with room for the rest of the stop.
    /// </summary>
    [Description("How long a stopping gateway then gives connections to take their last echoes before it aborts them, in seconds.")]
    [Range(0, 3600)]
    public double DrainTimeoutSeconds { get; set; } = 5;

    /// <summary>
    /// How many threads serve the connections' sockets, without the thread pool between: as many as read and write as fast as silos answer,
    /// which is half of the cores, the other half being theirs who carry the sets (docs/performance.md).
    /// </summary>
    [Description(
        "How many threads serve the connections' sockets; 0 for half of the cores, -1 to leave them to Kestrel's transport and .NET's "
        + "thread pool. Linux only.")]
    [Range(-1, 1024)]
    public int SocketThreads { get; set; }

    /// <summary>
    /// The most bytes that all peers together may make this process hold. Half of what is left beside the connections themselves: the
    /// other half is for what is not counted, which is garbage that has not been collected, buffers that are kept for the next message,
    /// and what is on its way to a silo and back.
    /// </summary>
    [Description(
        "The most bytes that all peers together may make the process hold: unfinished messages, sets under way, echoes that are not taken; "
        + "0 for half of what the machine or container leaves it.")]
    [Range(0, 1L << 44)]
    public long BufferMemoryBytes { get; set; }

    internal TimeSpan DrainWait => TimeSpan.FromSeconds(DrainWaitSeconds);

    internal TimeSpan DrainTimeout => TimeSpan.FromSeconds(DrainTimeoutSeconds);

    internal string EffectiveName => Name.Length > 0 ? Name : Environment.MachineName;
}
