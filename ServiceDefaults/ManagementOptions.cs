using System.ComponentModel;

namespace OrleansEcho.ServiceDefaults;

/// <summary>The HTTP endpoint for health and metrics: section <c>Management</c>.</summary>
public sealed class ManagementOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Management";

    /// <summary>The tag of health checks that fail when nothing but a restart helps.</summary>
    public const string LivenessTag = "live";

    /// <summary>Where it listens. This machine only by default: what it tells is not for everybody.</summary>
    [Description("Where health checks and metrics are served over HTTP: 127.0.0.1:9400, [::1]:9400, *:9400 (all addresses) or localhost:9400.")]
    public string Address { get; set; } = "127.0.0.1:9400";
}
