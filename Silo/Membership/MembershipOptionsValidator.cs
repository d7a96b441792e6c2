using Microsoft.Extensions.Options;

namespace OrleansEcho.Silo.Membership;

/// <summary>What no single option of membership can tell alone. What it finds never holds a connection string, or a part of one.</summary>
internal sealed class MembershipOptionsValidator : IValidateOptions<MembershipOptions>
{
    public ValidateOptionsResult Validate(string? name, MembershipOptions options)
    {
        var (connection, membership) = (MembershipOptions.Key(nameof(options.ConnectionString)), $"{MembershipOptions.Key(nameof(options.Membership))}={options.Membership}");
        return options switch
        {
            { IsRedis: true, ConnectionString: "" } => ValidateOptionsResult.Fail($"{connection}: is missing; {membership} needs one, such as localhost:6379."),
            { IsRedis: true } when !RedisSettings.TryParse(options.ConnectionString, out _) => ValidateOptionsResult.Fail(RedisSettings.Unreadable(connection)),
            { IsRedis: false, ConnectionString: not "" } => ValidateOptionsResult.Fail(
                $"{connection}: is set, and {membership} uses none; set {MembershipOptions.Key(nameof(options.Membership))} to {MembershipOptions.Redis}, or leave it out."),
            _ => ValidateOptionsResult.Success,
        };
    }
}
