using CsCheck;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Tests.Pooling;

public sealed class PoolSimulationTests
{
    private const long Schedules = 20_000;

    private static readonly Gen<(int, int)[]> Schedule = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 999]).Array[1, 150];

    [Fact]
    public void PoolKeepsItsPromises_WhateverHappensInWhateverOrder()
    {
        long granted = 0, failed = 0, givenUp = 0;
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 3], Gen.Enum<GatewayChoice>(), Gen.Int, Schedule).Sample(
            (maximum, minimum, choice, seed, schedule) =>
            {
                var simulation = new PoolSimulation(maximum, minimum, choice, seed);
                simulation.Run(schedule);
                Interlocked.Add(ref granted, simulation.Granted);
                Interlocked.Add(ref failed, simulation.Failed);
                Interlocked.Add(ref givenUp, simulation.GivenUp);
            },
            iter: Schedules);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Schedules} schedules: {granted} granted, {failed} failed, {givenUp} given up");
        Assert.All([granted, failed, givenUp], count => Assert.True(count > Schedules / 2, "The schedules reach too little."));
    }
}
