using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.Gateway.Backend;

/// <summary>How a gateway finds silos that are other processes: in the section <c>Backend</c>, too.</summary>
internal sealed class ClusterBackendOptions
{
    /// <summary>The silo gateway ports to connect to, separated by commas. The default is where a silo on this machine listens.</summary>
    [Description("The silo gateway ports to connect to, as address:port, separated by commas.")]
    public string Silos { get; set; } = "127.0.0.1:30000";

    /// <summary>How often the log says what a gateway without a silo waits for, in seconds: often enough to see it, seldom enough to read on.</summary>
    [Description("How often a gateway that reaches no silo says so in the log, in seconds.")]
    [Range(1, 3600)]
    public double WaitingLogSeconds { get; set; } = 5;

    internal TimeSpan WaitingLogInterval => TimeSpan.FromSeconds(WaitingLogSeconds);
}
