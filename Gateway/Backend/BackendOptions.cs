using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.Gateway.Backend;

/// <summary>How long the gateway waits for a silo: section <c>Backend</c>.</summary>
public sealed class BackendOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Backend";

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

    internal TimeSpan CallTimeout => TimeSpan.FromSeconds(CallTimeoutSeconds);

    internal TimeSpan Patience => TimeSpan.FromSeconds(PatienceSeconds);
}
