using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;
using OrleansEcho.Grains.Interfaces.LoadTests;
using OrleansEcho.Grains.LoadTests;

namespace OrleansEcho.Grains.Tests.LoadTests;

/// <summary>How many load sessions a silo carries, whoever asks for more.</summary>
public sealed class LoadSessionPlacesTests
{
    [Fact]
    public void ASessionThatNobodySpeaksTo_LosesItsPlaceToTheNext_AndNoOtherDoes()
    {
        var time = new FakeTimeProvider();
        var places = new LoadSessionPlaces(time);
        var sessions = Enumerable.Range(0, LoadSessionPlaces.Most + 2).Select(_ => new LoadSession(time, new LoadSessionMemory())).ToList();
        Assert.All(sessions[..LoadSessionPlaces.Most], session => Assert.True(places.TryKeep(session)));
        time.Advance(LoadSession.Patience - TimeSpan.FromSeconds(1));
        Assert.False(places.TryKeep(sessions[^1]));
        Assert.All(sessions[1..LoadSessionPlaces.Most], session => Assert.True(places.TryKeep(session)));

        time.Advance(TimeSpan.FromSeconds(2)); // the first one has said nothing meanwhile
        Assert.True(places.TryKeep(sessions[^1]));
        Assert.False(places.TryKeep(sessions[0]));

        places.Leave(sessions[1]);
        Assert.True(places.TryKeep(sessions[0]));
        Assert.False(places.TryKeep(sessions[^2]));
    }

    [Fact]
    public async Task OneSessionTooManyIsToldWhatToDo_AndLeavesNoGrainBehind()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.Services.AddSingleton(TimeProvider.System).AddLoadSessions()
            .AddSingleton(new LoadSessionPlaces(new FakeTimeProvider()))); // no session loses its place, however long the test takes
        await using var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, LoadSessionPlaces.Most).Select(i => WorkAsync($"session {i}")));

        for (var i = 0; i < 200; i++)
        {
            var refusal = await Assert.ThrowsAsync<ArgumentException>(() => WorkAsync($"one more {i}"));
            Assert.Contains($"{LoadSessionPlaces.Most} load sessions", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("--session", refusal.Message, StringComparison.Ordinal);
        }

        await WorkAsync("session 0");
        var management = cluster.Client.GetGrain<IManagementGrain>(0);
        await Deadline.UntilAsync(async () => await CountAsync(management) == LoadSessionPlaces.Most, "the grains of refused sessions to go");

        Task WorkAsync(string session) => cluster.Client.GetGrain<ILoadSessionGrain>(session).WorkAsync(new WorkerSign { Worker = "a" }).AsTask();
    }

    private static async Task<int> CountAsync(IManagementGrain management) =>
        (await management.GetSimpleGrainStatistics()).Where(grain => grain.GrainType.Contains(nameof(LoadSessionGrain), StringComparison.Ordinal)).Sum(grain => grain.ActivationCount);
}
