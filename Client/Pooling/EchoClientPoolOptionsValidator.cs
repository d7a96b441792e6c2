using Microsoft.Extensions.Options;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>What is wrong with a pool's options: one line each, all of them at once.</summary>
internal sealed class EchoClientPoolOptionsValidator : IValidateOptions<EchoClientPoolOptions>
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, EchoClientPoolOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Name)) faults.Add("Name: it is empty; metrics and logs need one.");
        CheckGateways(options.Gateways, faults);
        EchoConnectionOptionsChecks.Check(options.Connection, "Connection:", faults);
        CheckSizes(options, faults);
        CheckTimes(options, faults);
        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults.Select(fault => string.IsNullOrEmpty(name) ? fault : $"Pool '{name}': {fault}"));
    }

    private static void CheckGateways(IList<string> gateways, List<string> faults)
    {
        if (gateways.Count is 0) faults.Add("Gateways: there is none; name one at least, as in 127.0.0.1:7001.");
        for (var i = 0; i < gateways.Count; i++)
        {
            if (!GatewayAddress.TryParse(gateways[i], out _, out var fault)) faults.Add($"Gateways:{i}: '{gateways[i]}' is no address of a gateway: {fault}.");
            if (gateways.IndexOf(gateways[i]) < i) faults.Add($"Gateways:{i}: '{gateways[i]}' is there twice.");
        }
    }

    private static void CheckSizes(EchoClientPoolOptions options, List<string> faults)
    {
        EchoConnectionOptionsChecks.CheckRange(options.MaximumSize, 1, 10_000, "MaximumSize", faults);
        EchoConnectionOptionsChecks.CheckRange(options.MinimumSize, 0, 10_000, "MinimumSize", faults);
        if (options.MinimumSize > options.MaximumSize) faults.Add($"MinimumSize: {options.MinimumSize} is more than MaximumSize, {options.MaximumSize}.");
        if (!Enum.IsDefined(options.Choice)) faults.Add($"Choice: '{options.Choice}' is none of {string.Join(", ", Enum.GetNames<GatewayChoice>())}.");
    }

    private static void CheckTimes(EchoClientPoolOptions options, List<string> faults)
    {
        Check(options.AcquireTimeout, Millisecond, Hour, nameof(options.AcquireTimeout));
        Check(options.IdleTimeout, Second, Day, nameof(options.IdleTimeout));
        Check(options.MaximumLifetime, Second, Month, nameof(options.MaximumLifetime));
        Check(options.ValidateAfter, TimeSpan.Zero, Day, nameof(options.ValidateAfter));
        Check(options.ValidationTimeout, Millisecond, Hour, nameof(options.ValidationTimeout));
        if (options.LeakThreshold is { } threshold) Check(threshold, Second, Day, nameof(options.LeakThreshold));
        Check(options.DrainTimeout, TimeSpan.Zero, Hour, nameof(options.DrainTimeout));
        Check(options.FirstEjection, Millisecond, Hour, nameof(options.FirstEjection));
        Check(options.LongestEjection, Millisecond, Day, nameof(options.LongestEjection));
        Check(options.ResolveInterval, Second, Day, nameof(options.ResolveInterval));
        if (options.FirstEjection > options.LongestEjection) faults.Add($"FirstEjection: {options.FirstEjection} is more than LongestEjection, {options.LongestEjection}.");

        void Check(TimeSpan value, TimeSpan least, TimeSpan most, string key) => EchoConnectionOptionsChecks.CheckRange(value, least, most, key, faults);
    }
}
