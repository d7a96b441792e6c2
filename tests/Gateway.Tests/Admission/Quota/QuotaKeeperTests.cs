using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Tests.Admission.Quota;

public sealed class QuotaKeeperTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItAsksAtOnce_AgainWhenSomebodyWaits_AndGivesEverythingBackAtTheEnd()
    {
        var calls = Channel.CreateUnbounded<(LeaseRequest Request, TaskCompletionSource<LeaseReply> Reply)>();
        await using var rig = new GatewayRig();
        rig.Backend.Quota = request =>
        {
            var reply = new TaskCompletionSource<LeaseReply>(TaskCreationOptions.RunContinuationsAsynchronously);
            calls.Writer.TryWrite((request, reply));
            return reply.Task;
        };
        var quota = new FakeQuota(TimeProvider.System, wait: TimeSpan.FromSeconds(30));
        using var keeper = new QuotaKeeper(quota.Limiter, rig.Backend, rig.Metrics, TimeProvider.System, rig.Logger<QuotaKeeper>());
        await keeper.StartAsync(Stop);

        var (first, answer) = await NextAsync();
        Assert.Equal((1, 0), (first.Number, first.Held));
        answer.SetException(new Gateway.Backend.BackendUnavailableException("gone")); // it tries again by itself
        (first, answer) = await NextAsync();
        answer.SetResult(FakeQuota.Reply(first) with { Granted = 1, Target = 1 });
        var taken = await quota.Limiter.AcquireAsync(1, Stop);
        var waiting = quota.Limiter.AcquireAsync(1, Stop).AsTask();
        while (!waiting.IsCompleted)
        {
            var (next, reply) = await NextAsync();
            reply.SetResult(FakeQuota.Reply(next) with { Granted = next.Needed, Target = next.Needed });
            if (next.Needed is 2) await waiting.WithinAsync("the second permit");
        }

        taken.Dispose();
        (await waiting).Dispose();
        var stopping = keeper.StopAsync(Stop);
        LeaseRequest last;
        do
        {
            (last, var reply) = await NextAsync();
            reply.TrySetResult(FakeQuota.Reply(last));
        }
        while (!last.IsLast);
        await stopping.WithinAsync("the keeper to stop");
        Assert.Equal((0, 0), (last.Held, last.Unleased));
        Assert.Equal([2307, 2308], rig.Log.GetSnapshot().Select(r => r.Id.Id).Where(id => id is 2301 or 2302 or 2307 or 2308)); // and not that it answers again

        Task<(LeaseRequest Request, TaskCompletionSource<LeaseReply> Reply)> NextAsync() => calls.Reader.ReadAsync(Stop).AsTask().WithinAsync("a request");
    }

    /// <summary>Every second request finds no quota, or a quota that lends nothing, for a minute.</summary>
    [Theory]
    [InlineData(true, new[] { 2301, 2302 }, 2309)]
    [InlineData(false, new[] { 2303, 2310 }, 2311)]
    public async Task AQuotaThatComesAndGoes_IsSaidAtOnce_AndThenOnceInTenSeconds(bool isSilent, int[] atOnce, int sum)
    {
        var time = new FakeTimeProvider();
        await using var rig = new GatewayRig(time: time);
        var (asked, outages) = (0, 0);
        rig.Backend.Quota = request =>
        {
            var isAway = Interlocked.Increment(ref asked) % 2 is 0;
            if (isAway) Interlocked.Increment(ref outages);
            return isAway && isSilent ? throw new Gateway.Backend.BackendUnavailableException("gone")
                : Task.FromResult(isAway ? FakeQuota.Reply(request, LeaseOutcome.Unavailable) with { Denial = QuotaDenial.StorageUnavailable } : Lent(request));
        };
        var quota = new FakeQuota(time, reserve: 10); // it always wants some
        using var keeper = new QuotaKeeper(quota.Limiter, rig.Backend, rig.Metrics, time, rig.Logger<QuotaKeeper>());
        await keeper.StartAsync(Stop);
        var minute = time.GetUtcNow() + TimeSpan.FromMinutes(1);
        while (time.GetUtcNow() < minute)
        {
            var before = Volatile.Read(ref asked);
            await Deadline.UntilAsync(
                () =>
                {
                    time.Advance(FakeQuota.Renew / 8);
                    return Task.FromResult(Volatile.Read(ref asked) > before);
                },
                "the next request");
        }

        var lines = rig.Log.GetSnapshot().Where(line => line.Id.Id == sum || atOnce.Contains(line.Id.Id)).ToList();
        Assert.True(Volatile.Read(ref outages) > 10, $"The quota has gone away {outages} times.");
        Assert.Equal(atOnce, lines.Take(2).Select(line => line.Id.Id));
        Assert.Contains(lines, line => line.Id.Id == sum);
        Assert.InRange(lines.Count, 3, 2 + (3 * 6)); // in ten seconds one that it is away, one that it is back, and the sum
        Assert.InRange(lines.Count(line => line.Id.Id == atOnce[0]), 1, 2);
        await keeper.StopAsync(Stop);

        static LeaseReply Lent(LeaseRequest request) => FakeQuota.Reply(request) with { Granted = request.Needed, Target = request.Needed };
    }
}
