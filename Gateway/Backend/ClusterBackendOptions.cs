using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansEcho.Gateway.Backend.Links;

namespace OrleansEcho.Gateway.Backend;

/// <summary>How a gateway finds silos that are other processes: in the section <c>Backend</c>, too.</summary>
internal sealed class ClusterBackendOptions
{
    /// <summary>The silo gateway ports to connect to, separated by commas. The default is where a silo on this machine listens.</summary>
    [Description("The silo gateway ports to connect to, as address:port, separated by commas; only with Cluster:Membership=localhost, as the store of another has them.")]
    public string Silos { get; set; } = "127.0.0.1:30000";

    /// <summary>How often the log says what a gateway without a silo waits for, in seconds: often enough to see it, seldom enough to read on.</summary>
    [Description("How often a gateway that reaches no silo says so in the log, in seconds.")]
    [Range(1, 3600)]
    public double WaitingLogSeconds { get; set; } = 5;

    /// <summary>
    /// Between a silo's answer and the next heartbeat, in seconds: with <see cref="SilenceSeconds"/>, a frozen silo is noticed within one and a
    /// half. It costs two messages a second and silo.
    /// </summary>
    [Description("How long after a silo's answer a gateway sends it the next heartbeat, in seconds.")]
    [Range(0.05, 60)]
    public double HeartbeatSeconds { get; set; } = 0.5;

    /// <summary>
    /// How long a silo may be silent, in seconds: longer than a busy machine or a garbage collection makes it wait, because all its
    /// connections go to other silos then (which costs each a message, and nothing else).
    /// </summary>
    [Description("How long a heartbeat waits for its answer, in seconds; then the silo is lost, and its connections go to others. Four times as long while no other silo answers either: then it is the gateway or its machine that is late.")]
    [Range(0.1, 60)]
    public double SilenceSeconds { get; set; } = 1;

    /// <summary>
    /// How many lanes lead into each silo. What travels on one is handed out in the silo by one thread at a time, which is enough for a few hundred thousand sets a second.
    /// </summary>
    [Description("How many lanes, on which the sets of many connections travel together, lead into each silo; 0 for one for each four cores.")]
    [Range(0, 64)]
    public int Lanes { get; set; }

    internal int EffectiveLanes => Lanes > 0 ? Lanes : Math.Max(1, Environment.ProcessorCount / 4);

    internal HeartbeatTerms Heartbeat => new(TimeSpan.FromSeconds(HeartbeatSeconds), TimeSpan.FromSeconds(SilenceSeconds));

    internal TimeSpan WaitingLogInterval => TimeSpan.FromSeconds(WaitingLogSeconds);
}
