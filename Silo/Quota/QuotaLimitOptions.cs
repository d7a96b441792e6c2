using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.Silo.Quota;

/// <summary>The cluster's ceiling on connections, and on what terms gateways are lent parts of it: in the section <c>Quota</c>.</summary>
internal sealed class QuotaLimitOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Quota";

    /// <summary>No limit by default: one needs a store to be exact over restarts.</summary>
    [Description("How many connections all gateways of the cluster hold together at most; no limit when absent.")]
    [Range(1, 1_000_000_000)]
    public int? Limit { get; set; }

    /// <summary>
    /// Long enough to find another silo when the quota's own is lost (a few seconds) and for five renewals to fail; short enough that the
    /// permits of a dead gateway are not missed for long.
    /// </summary>
    [Description("How long permits are lent to a gateway, in seconds: the permits of a dead one are free again about an eighth later.")]
    [Range(3, 3600)]
    public double LeaseSeconds { get; set; } = 15;

    /// <summary>A fifth of the lease. A free permit is refused for no longer than this; each gateway makes a call or two in it.</summary>
    [Description("How often gateways renew what they were lent, in seconds: the longest that a permit which another gateway holds idle is refused.")]
    [Range(1, 1200)]
    public double RenewSeconds { get; set; } = 3;

    /// <summary>Waiting by default: nobody's connection is closed unless an operator has asked for it.</summary>
    [Description("What happens when the limit is lowered below the connections that are open: attrition waits for some to end, close-newest closes the newest.")]
    [AllowedValues("attrition", "close-newest")]
    public string WhenLowered { get; set; } = "attrition";
}
