using CsCheck;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Tests.Commands;
using OrleansEcho.LoadTest.Tests.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Results;

/// <summary>A result has everything in it that its run was made of, so that it can be made again.</summary>
public sealed class ScenarioOfResultTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-load-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task ScenarioComesBackAsItWas()
    {
        var path = Path.Combine(_folder.FullName, "run.json");
        await ScenarioGen.Scenario.SampleAsync(
            async scenario =>
            {
                await RunResultFile.WriteAsync(FakeRunner.Result(scenario), path, Cancellation);
                Assert.Equivalent(scenario, (await RunResultFile.ReadAsync(path, Cancellation)).Scenario, strict: true);
            },
            iter: 100,
            threads: 1);
    }

    // Equivalence looks at all that is public: another value anywhere must be seen.
    [Fact]
    public void ScenariosThatDiffer_AreNotTakenForTheSame() => Gen.Select(ScenarioGen.Scenario, Gen.Int[0, 4]).Sample(
        (scenario, which) =>
        {
            var other = which switch
            {
                0 => scenario with { Seed = scenario.Seed + 1 },
                1 => scenario with { Targets = [scenario.Targets[0] with { Tls = scenario.Targets[0].Tls is { } tls ? tls with { AcceptsAny = !tls.AcceptsAny } : new LoadTls() }, .. scenario.Targets.Skip(1)] },
                2 => scenario with { Stages = [scenario.Stages[0] with { Rate = scenario.Stages[0].Rate is null ? 0 : null }, .. scenario.Stages.Skip(1)] },
                3 => scenario with { Flows = [scenario.Flows[0] with { Sizes = SizeDistribution.Fixed(3000) }, .. scenario.Flows.Skip(1)] },
                _ => scenario with { Warmup = scenario.Warmup + new TimeSpan(1) },
            };
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Assert.Equivalent(scenario, other, strict: true));
        },
        iter: 50);

    [Fact]
    public async Task FilesOfTls_AreFoundFromEverywhere()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "ca.pem"), "", Cancellation);
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, _folder.FullName);
        var (file, faults) = ScenarioReader.Read("tls: { ca: ca.pem }", Path.Combine(relative, "mine.yaml"), ScenarioReader.Nothing);
        Assert.Empty(faults);
        Assert.Equal(Path.Combine(_folder.FullName, "ca.pem"), file!.Scenario.Targets[0].Tls!.Authority);
    }
}
