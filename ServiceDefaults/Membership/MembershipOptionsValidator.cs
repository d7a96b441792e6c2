using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.ServiceDefaults.Membership;

/// <summary>What no single option of membership can tell alone. What it finds never holds a connection string, or a part of one.</summary>
internal sealed class MembershipOptionsValidator : IValidateOptions<MembershipOptions>
{
    public ValidateOptionsResult Validate(string? name, MembershipOptions options)
    {
        var (connection, membership) = (MembershipOptions.Key(nameof(options.ConnectionString)), $"{MembershipOptions.Key(nameof(options.Membership))}={options.Membership}");
        return options switch
        {
            { IsShared: true, ConnectionString: "" } => ValidateOptionsResult.Fail($"{connection}: is missing; {membership} needs one, such as {(options.IsRedis ? "localhost:6379" : PostgresSettings.Example)}."),
            { IsRedis: true } when !RedisSettings.TryParse(options.ConnectionString, out _) => ValidateOptionsResult.Fail(RedisSettings.Unreadable(connection, options.ConnectionString)),
            { IsAdoNet: true } when !PostgresSettings.TryParse(options.ConnectionString, out _) => ValidateOptionsResult.Fail(PostgresSettings.Unreadable(connection, options.ConnectionString)),
            { IsShared: false, ConnectionString: not "" } => ValidateOptionsResult.Fail(
                $"{connection}: is set, and {membership} uses none; set {MembershipOptions.Key(nameof(options.Membership))} to {MembershipOptions.Redis} or {MembershipOptions.AdoNet}, or leave it out."),
            _ => ValidateOptionsResult.Success,
        };
    }
}
