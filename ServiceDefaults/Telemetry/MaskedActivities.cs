using System.Diagnostics;
using OpenTelemetry;

namespace OrleansEcho.ServiceDefaults.Telemetry;

/// <summary>
/// Takes passwords out of a span before it goes to a collector. One that has a password where nothing can be changed does not go there.
/// </summary>
internal sealed class MaskedActivities : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        ArgumentNullException.ThrowIfNull(data);
        foreach (var (key, value) in data.TagObjects.Where(t => IsSecret(t.Value)).ToList()) data.SetTag(key, Shown.Masked(value!.ToString()!));
        if (IsSecret(data.StatusDescription)) data.SetStatus(data.Status, Shown.Masked(data.StatusDescription!));
        if (IsSecret(data.DisplayName)) data.DisplayName = Shown.Masked(data.DisplayName);

        // Events, such as those of exceptions, are as they were added.
        if (data.Events.Any(e => e.Tags.Any(t => IsSecret(t.Value)))) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    private static bool IsSecret(object? value) => value?.ToString() is { } words && !ReferenceEquals(Shown.Masked(words), words);
}
