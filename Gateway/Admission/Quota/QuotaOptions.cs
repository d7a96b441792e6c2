using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>What a gateway does with the cluster's quota: in the section <c>Quota</c>. Limit and lease times are the silo's.</summary>
internal sealed class QuotaOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Quota";

    /// <summary>What becomes of connections when the lease cannot be renewed. Exact by default: who sets a limit means it.</summary>
    [Description("What a gateway does when it cannot renew its lease: strict closes its connections, so that the limit holds; available keeps them and admits none but the reserve.")]
    [AllowedValues("strict", "available")]
    public string Policy { get; set; } = "strict";

    /// <summary>None by default: each one may exceed the limit.</summary>
    [Description("How many connections a gateway under the policy available admits on top of those that it has, while silos answer but the quota does not (its store is away, or it has just lost what it knew). Without a silo nobody is admitted.")]
    [Range(0, 1_000_000)]
    public int Reserve { get; set; }

    /// <summary>
    /// How long a connection waits for a permit that another gateway holds idle, in seconds: when absent, for one renewal interval, which
    /// is as long as it takes at most to call it back; and for 5 s while the quota has not said yet whether there is a limit.
    /// </summary>
    [Description("How long a connection waits for a permit that is being fetched or called back, in seconds, before it is refused; Quota:RenewSeconds of the silo when absent, and 5 until the quota has said for the first time whether there is a limit. When the cluster is full it is refused at once.")]
    [Range(0, 60)]
    public double? WaitSeconds { get; set; }

    internal TimeSpan? Wait => WaitSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    internal QuotaPolicy EffectivePolicy => Policy.Equals("available", StringComparison.OrdinalIgnoreCase) ? QuotaPolicy.Available : QuotaPolicy.Strict;
}
