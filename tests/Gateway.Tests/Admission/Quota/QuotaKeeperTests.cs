using System.Threading.Channels;
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
}
