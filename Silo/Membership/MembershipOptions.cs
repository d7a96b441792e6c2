using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Silo.Membership;

/// <summary>How silos of one cluster find each other: in the section <c>Cluster</c>, too.</summary>
internal sealed class MembershipOptions
{
    public const string Localhost = "localhost";
    public const string Redis = "redis";

    /// <summary>Where the list of silos is kept. In the silo's memory by default: a single silo needs no other program.</summary>
    [Description("Where a silo keeps the list of its cluster's silos: localhost (in its memory; it is the only one) or redis (for several).")]
    [AllowedValues(Localhost, Redis)]
    public string Membership { get; set; } = Localhost;

    /// <summary>How to reach the Redis that keeps the list; none by default, because no address is right for all. It may hold a password: it is never shown.</summary>
    [Description("How a silo reaches the redis of Membership, as StackExchange.Redis writes it (localhost:6379,password=...). Never shown: it may hold a password.")]
    public string ConnectionString { get; set; } = "";

    internal bool IsRedis => Membership.Equals(Redis, StringComparison.OrdinalIgnoreCase);

    internal static string Key(string option) => $"{ClusterIdentityOptions.Section}:{option}";
}
