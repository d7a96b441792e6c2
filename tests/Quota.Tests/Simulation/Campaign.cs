using System.Globalization;
using System.Security.Cryptography;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Many schedules, in two threads: numbered seeds from a base on.</summary>
/// <remarks>
/// <c>QUOTA_SCHEDULES=1000000 dotnet run -c Release --project tests/Quota.Tests</c> runs more of them; with <c>QUOTA_SEED=…</c> from a
/// chosen base on, and with <c>QUOTA_SCHEDULES=1</c> exactly one.
/// </remarks>
internal sealed class Campaign(int schedules, params ulong[] bases)
{
    private readonly Lock _lock = new();

    /// <summary>How many there are in all.</summary>
    public int Schedules => schedules * bases.Length;

    public Coverage Coverage { get; } = new();

    /// <summary>The violation with the lowest seed of those found, shrunk; null when there is none.</summary>
    public Violation? Violation { get; private set; }

    public ulong Seed { get; private set; }

    public static Campaign FromEnvironment()
    {
        var schedules = int.Parse(Environment.GetEnvironmentVariable("QUOTA_SCHEDULES") ?? "10000", CultureInfo.InvariantCulture);
        if (Environment.GetEnvironmentVariable("QUOTA_SEED") is { } chosen) return new Campaign(schedules, ulong.Parse(chosen, CultureInfo.InvariantCulture));

        // Half from seeds that are the same each time, half from others: what passed once passes again, and there is always something new.
        return new Campaign(schedules / 2, 0, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) * 1_000_000UL);
    }

    public void Run(Sabotage sabotage = Sabotage.None)
    {
        Violation? first = null;
        Parallel.For(0, Schedules, new ParallelOptions { MaxDegreeOfParallelism = 2 }, () => new Coverage(), (i, state, coverage) =>
        {
            var seed = bases[i / schedules] + (ulong)(i % schedules);
            if (Simulation.Try(ScheduleGenerator.Generate(seed), coverage, sabotage, null) is not { } found) return coverage;
            lock (_lock)
            {
                if (first is null || seed < Seed) (first, Seed) = (found, seed);
            }

            state.Break();
            return coverage;
        }, coverage =>
        {
            lock (_lock) Coverage.Add(coverage);
        });
        if (first is not null) Violation = Shrinker.Shrink(first, sabotage);
    }

    public override string ToString() =>
        $"{schedules} schedules from each of the seeds {string.Join(", ", bases)}; {Coverage}"
        + (Violation is null ? "" : $"\nQUOTA_SEED={Seed} QUOTA_SCHEDULES=1 violates, made small: {Violation}");
}
