using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace OrleansEcho.ServiceDefaults.Membership;

/// <summary>How the silos of one cluster find each other, and gateways them: in the section <c>Cluster</c>, too.</summary>
public sealed class MembershipOptions
{
    /// <summary>In the memory of the only silo.</summary>
    public const string Localhost = "localhost";

    /// <summary>In a Redis.</summary>
    public const string Redis = "redis";

    /// <summary>In a PostgreSQL; Orleans' name for databases.</summary>
    public const string AdoNet = "adonet";

    /// <summary>Where the list of silos is kept. In the silo's memory by default: a single silo needs no other program.</summary>
    [Description("Where the list of the cluster's silos is: localhost (in the memory of the only silo; gateways find it by Backend:Silos), redis or adonet (PostgreSQL), both for several.")]
    [AllowedValues(Localhost, Redis, AdoNet)]
    public string Membership { get; set; } = Localhost;

    /// <summary>How to reach the store of the list; none by default, because no address is right for all. It may hold a password: it is never shown.</summary>
    [Description("How to reach the store of Membership: for redis as StackExchange.Redis writes it (localhost:6379,password=...), for adonet as Npgsql does (Host=localhost;Username=...). Never shown: it may hold a password.")]
    [PasswordPropertyText(true)]
    public string ConnectionString { get; set; } = "";

    /// <summary>Whether the list is in a Redis.</summary>
    public bool IsRedis => Membership.Equals(Redis, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the list is in a PostgreSQL.</summary>
    public bool IsAdoNet => Membership.Equals(AdoNet, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the list is in a store, so that there may be several silos.</summary>
    public bool IsShared => IsRedis || IsAdoNet;

    /// <summary>An option's key in the configuration.</summary>
    public static string Key(string option) => $"{ClusterIdentityOptions.Section}:{option}";

    /// <summary>What is configured, for who has to know before the options can be asked for, or while they may have faults.</summary>
    public static MembershipOptions Of(IConfiguration configuration) => configuration.GetSection(ClusterIdentityOptions.Section).Get<MembershipOptions>() ?? new();
}
