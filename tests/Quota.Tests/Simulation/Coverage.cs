namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>How often what is to be tested has happened: a simulation in which nothing goes wrong proves nothing.</summary>
internal sealed class Coverage
{
    private readonly long[] _counts = new long[Enum.GetValues<Sight>().Length];

    public long this[Sight sight] => _counts[(int)sight];

    public void See(Sight sight, long times = 1) => _counts[(int)sight] += times;

    public void Add(Coverage other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
    }

    public override string ToString() => string.Join(", ", Enum.GetValues<Sight>().Select(sight => $"{sight} {this[sight]}"));
}

/// <summary>What there is to see.</summary>
internal enum Sight
{
    Requests,
    Granted,
    Unlimited,
    LeaseLost,
    Unavailable,
    StaleAnswers,
    RepeatedAnswers,
    FallbackRenewals,
    LeasesExpired,
    Recalls,
    ActivationsOverlapped,
    Shared,
    Conflicts,
    LateWrites,
    LostAnswers,
    RelearningBegan,
    RelearningEnded,
    LimitsChanged,
    VersionMismatches,
    ConnectionsAdmitted,
    ConnectionsRefused,
    WaitingServed,
    ClosedAtLeaseEnd,
    ClosedByLowering,
    AdmittedFromReserve,
    Probes,
    PromptnessChecked,
}
