using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.ServiceDefaults.Membership;

/// <summary>The store that the list of silos is in.</summary>
public static class MembershipStore
{
    /// <summary>Makes the way to it; connects to nothing yet.</summary>
    /// <param name="options">Options that have been found valid, with a store.</param>
    public static IStore Of(MembershipOptions options)
    {
        var key = MembershipOptions.Key(nameof(options.ConnectionString));
        return options.IsRedis ? new RedisStore(options.ConnectionString, key) : new PostgresStore(options.ConnectionString, key);
    }
}
