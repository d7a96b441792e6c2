using System.Globalization;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

internal enum ClusterFaultKind
{
    Kill,
    Freeze,

    /// <summary>Neither hears the other.</summary>
    Cut,

    /// <summary>The target no longer hears the other; the other hears the target.</summary>
    Deafen,

    /// <summary>The target's wall clock jumps.</summary>
    ClockJump,
}

/// <summary>One fault of a schedule.</summary>
/// <param name="At">When it begins.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Target">Who has it.</param>
/// <param name="Other">Who is at the other end of a cut.</param>
/// <param name="Lasts">How long it lasts: after that the process is started again, goes on, or hears again. A clock stays wrong.</param>
/// <param name="JumpSeconds">How far a clock is off from then on.</param>
internal sealed record ClusterFault(TimeSpan At, ClusterFaultKind Kind, string Target, string Other, TimeSpan Lasts, int JumpSeconds)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds,6:0.00} s  {What}");

    /// <summary>What happens, in words.</summary>
    public string What => Kind switch
    {
        ClusterFaultKind.Kill =>
            string.Create(CultureInfo.InvariantCulture, $"SIGKILL {Target}, started again after {Lasts.TotalSeconds:0.0} s"),
        ClusterFaultKind.Freeze =>
            string.Create(CultureInfo.InvariantCulture, $"SIGSTOP {Target}, SIGCONT after {Lasts.TotalSeconds:0.0} s"),
        ClusterFaultKind.Cut =>
            string.Create(CultureInfo.InvariantCulture, $"{Target} and {Other} are cut off from each other for {Lasts.TotalSeconds:0.0} s"),
        ClusterFaultKind.Deafen =>
            string.Create(CultureInfo.InvariantCulture, $"{Target} does not hear {Other} for {Lasts.TotalSeconds:0.0} s"),
        _ => $"the wall clock of {Target} is off by {JumpSeconds} s from now on",
    };
}
