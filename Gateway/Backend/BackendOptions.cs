using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.Gateway.Backend;

/// <summary>How the gateway talks to the silos: section <c>Backend</c>.</summary>
public sealed class BackendOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Backend";

    /// <summary>The silo gateway ports to connect to, separated by commas. The default is where a silo on this machine listens.</summary>
    [Description("The silo gateway ports to connect to, as address:port, separated by commas.")]
    public string Silos { get; set; } = "127.0.0.1:30000";

    /// <summary>
    /// How long one call waits for its answer, in seconds. The clock behind it ticks once a second; below a few seconds a busy silo
    /// would get every set twice, above ten a lost silo is noticed late.
    /// </summary>
    [Description("How long one call to a grain waits for its answer, in seconds, before the same set is sent again.")]
    [Range(1, 300)]
    public double CallTimeoutSeconds { get; set; } = 5;

    /// <summary>
    /// How long a connection waits for one echo over all tries, in seconds: long enough for a silo to restart, short enough that a
    /// person does not think that the line is dead.
    /// </summary>
    [Description("How long a connection waits for one echo, over all tries, in seconds, before it closes with BackendUnavailable.")]
    [Range(1, 3600)]
    public double PatienceSeconds { get; set; } = 30;

    /// <summary>How often the log says what a gateway without a silo waits for, in seconds: often enough to see it, seldom enough to read on.</summary>
    [Description("How often a gateway that reaches no silo says so in the log, in seconds.")]
    [Range(1, 3600)]
    public double WaitingLogSeconds { get; set; } = 5;

    internal TimeSpan CallTimeout => TimeSpan.FromSeconds(CallTimeoutSeconds);

    internal TimeSpan Patience => TimeSpan.FromSeconds(PatienceSeconds);

    internal TimeSpan WaitingLogInterval => TimeSpan.FromSeconds(WaitingLogSeconds);
}
