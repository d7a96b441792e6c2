using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.Silo;

/// <summary>What holds for a silo process: section <c>Silo</c>.</summary>
internal sealed class SiloHostOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Silo";

    /// <summary>The address that the silo binds and tells the others. This machine only by default: without Cluster:Tls neither port authenticates anybody.</summary>
    [Description("The IP address that the silo binds and by which other silos and gateways reach it; auto for the only one that this machine has besides loopback, as in a container.")]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port for other silos; 11111 is Orleans' own default.</summary>
    [Description("The port for other silos; 0 for any that is free.")]
    [Range(0, 65_535)]
    public int Port { get; set; } = 11_111;

    /// <summary>The silo gateway port; 30000 is Orleans' own default.</summary>
    [Description("The silo gateway port, which gateways connect to; 0 for none.")]
    [Range(0, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>
    /// How long a connection's grain keeps its memory without a message, in seconds. Two minutes: a person's pauses pass without its
    /// coming and going, and well before a gateway closes an idle connection (five minutes by default) the silo holds nothing for it.
    /// The connection stays open; its next message brings the grain back. Orleans looks once a minute.
    /// </summary>
    [Description("After how many seconds without a message a connection's grain is collected; the connection stays, the next message brings the grain back.")]
    [Range(90, 86_400)]
    public int IdleGrainSeconds { get; set; } = 120;

    /// <summary>Five seconds: gateways hear of it with their next heartbeat and confirm with the one after, a second in all.</summary>
    [Description("How long a silo that stops waits for its gateways to take their connections to other silos, in seconds.")]
    [Range(0, 300)]
    public double LeaveSeconds { get; set; } = 5;

    /// <summary>
    /// Twenty seconds: a start costs two seconds of a core, and a machine with ten times as much to do as it has cores gives them to it in that time. One that
    /// crashes meanwhile is not waited for: its port takes no connection.
    /// </summary>
    [Description("How long after its joining a silo that misses probes and takes connections is not declared dead, in seconds: it is being compiled, on a busy machine.")]
    [Range(0, 300)]
    public double JoinPatienceSeconds { get; set; } = 20;

    /// <summary>Off: silos find out by themselves within seconds who is gone, and what asks Kubernetes needs a token and the right to read pods.</summary>
    [Description("Whether the silo asks Kubernetes which pods are gone, and declares their silos dead at once; it is named after its pod. Only in a pod that may read pods, with Cluster:Membership=redis or adonet.")]
    public bool Kubernetes { get; set; }
}
