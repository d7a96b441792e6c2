using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Links;

namespace OrleansEcho.Gateway.Tests.Backend.Links;

public sealed class SiloLinkLoopTests : IAsyncDisposable
{
    private static readonly HeartbeatTerms Terms = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));

    private readonly WatchedTime _time = new();
    private readonly FakeLogger<SiloLinkLoop> _log = new();
    private readonly SiloLinks _links = new(new BackendReachability(TimeProvider.System, NullLogger<BackendReachability>.Instance));
    private readonly Channel<Client> _clients = Channel.CreateUnbounded<Client>();
    private readonly CancellationTokenSource _stop = new();
    private readonly SiloLinkLoop _loop;
    private readonly Task _running;

    public SiloLinkLoopTests()
    {
        _loop = new SiloLinkLoop(new IPEndPoint(IPAddress.Loopback, 30000), Connect, _links, "gateway", "run", 1, Terms, _time, _log);
        _running = _loop.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WithinAsync("the loop's end");
        _stop.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public async Task ASiloIsThereOnceItHasAnswered()
    {
        var client = await NextClientAsync();
        client.Connected.SetResult();
        var (sign, answer) = await client.Heart.NextAsync();
        Assert.Equal("gateway", sign.Gateway);
        Assert.Empty(_links.All);
        answer.SetResult(Sign());
        await LinksAsync(1);
    }

    [Fact]
    public async Task ASiloThatCannotBeReached_IsTriedAgain_AndSaysWhy()
    {
        (await NextClientAsync()).Connected.SetException(new OrleansException("outer", new IOException("Nobody is there.")));
        await AdvanceAsync(TimeSpan.FromSeconds(0.5));
        Assert.Equal((false, "Nobody is there"), (_loop.IsUp, _loop.Fault));
        await BeatingAsync();
        Assert.True(_loop.IsUp);
    }

    [Fact]
    public async Task ASilentSiloIsLost_AndFoundAgain()
    {
        var client = await BeatingAsync();
        var link = _links.All.Single();
        link.Enter();
        var other = AddOther();
        await AdvanceAsync(Terms.Interval);
        await client.Heart.NextAsync();
        other.Answered(_time.GetTimestamp());
        await AdvanceAsync(Terms.Silence);
        await LinksAsync(1);
        await SaidAsync("Silo 127.0.0.1:30000 is lost: no answer for 1 s. 1 connections were on it.");
        Assert.True(link.Lost.IsCancellationRequested);

        (await client.Heart.NextAsync()).Answer.SetResult(Sign()); // over the same connection: it stood still
        await LinksAsync(2);
        await SaidAsync("Silo 127.0.0.1:30000 is back.");
        Assert.DoesNotContain(link, _links.All);
    }

    [Fact]
    public async Task NoSiloIsLost_WhileAllAreLate()
    {
        var client = await BeatingAsync();
        AddOther(); // answers as little
        await AdvanceAsync(Terms.Interval);
        var (_, answer) = await client.Heart.NextAsync();
        for (var i = 0; i < 3; i++) await AdvanceAsync(Terms.Silence);
        Assert.Equal(2, _links.All.Length);
        answer.SetResult(Sign());
        await AdvanceAsync(Terms.Interval);
        await client.Heart.NextAsync();
        Assert.True(_loop.IsUp);
    }

    [Fact]
    public async Task ASiloThatIsStillSilentWhenTheOthersAnswerAgain_IsLost()
    {
        var client = await BeatingAsync();
        var other = AddOther();
        await AdvanceAsync(Terms.Interval);
        await client.Heart.NextAsync();
        await AdvanceAsync(Terms.Silence);
        await _time.NextTimerAsync();
        other.Answered(_time.GetTimestamp());
        _time.Advance(Terms.Silence);
        await _time.NextTimerAsync(); // once more: its answer may come a moment later
        other.Answered(_time.GetTimestamp());
        Assert.Equal(2, _links.All.Length);
        _time.Advance(Terms.Silence);
        await LinksAsync(1);
        await SaidAsync("Silo 127.0.0.1:30000 is lost: no answer for 3 s. 0 connections were on it.");
    }

    [Fact]
    public async Task TheOnlySiloIsLost_AndReachedAnew_WhenItIsSilentForFourTimesAsLong()
    {
        var client = await BeatingAsync();
        await AdvanceAsync(Terms.Interval);
        await client.Heart.NextAsync();
        for (var i = 0; i < 3; i++) await AdvanceAsync(Terms.Silence);
        Assert.Single(_links.All);
        await AdvanceAsync(Terms.Silence);
        await LinksAsync(0);
        await SaidAsync("Silo 127.0.0.1:30000 is lost: no answer for 4 s. 0 connections were on it.");
        await AdvanceAsync(TimeSpan.FromSeconds(0.5));
        Assert.NotSame(client, await BeatingAsync());
    }

    [Fact]
    public async Task AHeartbeatWhoseCallTimesOut_IsSentAgain()
    {
        var client = await BeatingAsync();
        await AdvanceAsync(Terms.Interval);
        (await client.Heart.NextAsync()).Answer.SetException(new TimeoutException());
        var (_, answer) = await client.Heart.NextAsync();
        answer.SetResult(Sign());
        await AdvanceAsync(Terms.Interval);
        await client.Heart.NextAsync();
        Assert.True(_loop.IsUp);
    }

    [Fact]
    public async Task ASilentSiloIsReachedAnew_WhenItStaysSilent()
    {
        var client = await BeatingAsync();
        var other = AddOther();
        await AdvanceAsync(Terms.Interval);
        await client.Heart.NextAsync();
        other.Answered(_time.GetTimestamp());
        await AdvanceAsync(Terms.Silence);
        await client.Heart.NextAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        await AdvanceAsync(TimeSpan.FromSeconds(0.5));
        Assert.NotSame(client, await BeatingAsync(links: 2));
    }

    [Fact]
    public async Task ASiloIsNotLost_WhenItWasThisProcessThatStoodStill()
    {
        var client = await BeatingAsync();
        await AdvanceAsync(Terms.Interval);
        var (_, answer) = await client.Heart.NextAsync();
        AddOther().Answered(_time.GetTimestamp());
        await AdvanceAsync(Terms.Silence, late: TimeSpan.FromSeconds(5));
        await _time.NextTimerAsync();
        answer.SetResult(Sign());
        await AdvanceAsync(Terms.Interval);
        await client.Heart.NextAsync();
        Assert.True(_loop.IsUp);
    }

    [Fact]
    public async Task ASiloWhoseConnectionIsGone_IsLostAtOnce()
    {
        var client = await BeatingAsync();
        await client.Gone.CancelAsync();
        await LinksAsync(0);
        await Deadline.UntilAsync(() => Task.FromResult(_loop.Fault is "its connection is gone"), "the reason");
    }

    [Fact]
    public async Task ASiloThatLeavesIsTold_WhenItsConnectionsHaveMovedOn()
    {
        var client = await BeatingAsync();
        await AdvanceAsync(Terms.Interval);
        var (before, answer) = await client.Heart.NextAsync();
        answer.SetResult(Sign() with { IsLeaving = true });
        await AdvanceAsync(Terms.Interval);
        var (after, _) = await client.Heart.NextAsync();
        Assert.Equal((false, true), (before.HasMovedOn, after.HasMovedOn));
        Assert.True(_links.All.Single().IsLeaving);
    }

    [Fact]
    public async Task EachAttemptMayTakeTwiceAsLongAsTheLast_UntilTheSiloHasAnswered()
    {
        // 1. Nobody says who he is.
        foreach (var seconds in (int[])[2, 4, 8, 16, 16])
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), (await NextClientAsync()).Patience);
            await AdvanceAsync(TimeSpan.FromSeconds(5 * seconds));
            await AdvanceAsync(TimeSpan.FromSeconds(0.5));
        }

        // 2. A silo that needs all of the time has a link, and the next attempt begins with the usual one.
        var client = await NextClientAsync();
        Assert.Equal(TimeSpan.FromSeconds(16), client.Patience);
        client.Connected.SetResult();
        (await client.Heart.NextAsync()).Answer.SetResult(Sign());
        await LinksAsync(1);
        await WaitsAsync(Terms.Interval);
        await client.Gone.CancelAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.FromSeconds(2), (await NextClientAsync()).Patience);
    }

    [Fact]
    public async Task ASiloWhoseFirstAnswerIsLate_HasTwiceTheTimeWithTheNextAttempt()
    {
        AddOther();
        var client = await NextClientAsync();
        client.Connected.SetResult();
        await client.Heart.NextAsync();
        await AdvanceAsync(Terms.Silence);
        await AdvanceAsync(TimeSpan.FromSeconds(0.5));

        client = await NextClientAsync();
        client.Connected.SetResult();
        var (_, answer) = await client.Heart.NextAsync();
        await WaitsAsync(Terms.Silence * 2);
        _time.Advance(Terms.Silence * 1.5);
        answer.SetResult(Sign());
        await LinksAsync(2);
    }

    [Fact]
    public async Task ASiloWhoseAnswersTakeLong_IsNotLostForThat()
    {
        var client = await BeatingAsync();
        var other = AddOther();
        await AdvanceAsync(Terms.Interval);
        var (_, answer) = await client.Heart.NextAsync();
        await ElapseAsync(Terms.Silence, Terms.Silence * 0.9, other);
        answer.SetResult(Sign());

        await AdvanceAsync(Terms.Interval);
        (_, answer) = await client.Heart.NextAsync();
        await ElapseAsync(Terms.Silence * 1.8, Terms.Silence * 1.5, other);
        answer.SetResult(Sign());

        // Never for longer than when all are silent.
        await AdvanceAsync(Terms.Interval);
        (_, answer) = await client.Heart.NextAsync();
        await ElapseAsync(Terms.Silence * 3, Terms.Silence * 2.9, other);
        answer.SetResult(Sign());
        await AdvanceAsync(Terms.Interval);
        await client.Heart.NextAsync();
        other.Answered(_time.GetTimestamp());
        await AdvanceAsync(Terms.LongestSilence);
        await LinksAsync(1);
        await SaidAsync("Silo 127.0.0.1:30000 is lost: no answer for 4 s. 0 connections were on it.");
    }

    [Fact]
    public async Task ASiloThatEndsBeforeItsFirstAnswer_IsNotWaitedFor()
    {
        var client = await NextClientAsync();
        client.Connected.SetResult();
        await client.Heart.NextAsync();
        await client.Gone.CancelAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(0.5));
        Assert.Equal("its connection is gone", _loop.Fault);
        await BeatingAsync();
    }

    private static SiloSign Sign() => new() { Silo = "S127.0.0.1:11111:1" };

    private Client Connect(IPEndPoint silo)
    {
        var client = new Client();
        _clients.Writer.TryWrite(client);
        return client;
    }

    private Task<Client> NextClientAsync() =>
        _clients.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync("an attempt to connect");

    private SiloLink AddOther()
    {
        var (other, _) = ScriptedSilo.Make("other");
        _links.Add(other);
        return other;
    }

    private async Task<Client> BeatingAsync(int links = 1)
    {
        var client = await NextClientAsync();
        client.Connected.SetResult();
        (await client.Heart.NextAsync()).Answer.SetResult(Sign());
        await LinksAsync(links);
        return client;
    }

    private Task LinksAsync(int count) => Deadline.UntilAsync(() => Task.FromResult(_links.All.Length == count), $"{count} links");

    // The loop says what has happened after it has done it.
    private Task SaidAsync(string words) =>
        Deadline.UntilAsync(() => Task.FromResult(_log.Collector.GetSnapshot().Any(r => r.Message == words)), $"the log to say '{words}'");

    // Lets so much of a wait go by, while another silo answers.
    private async Task ElapseAsync(TimeSpan wait, TimeSpan elapsed, SiloLink other)
    {
        await WaitsAsync(wait);
        _time.Advance(elapsed);
        other.Answered(_time.GetTimestamp());
    }

    // Moves the time when somebody waits for just so long.
    private async Task AdvanceAsync(TimeSpan wait, TimeSpan late = default)
    {
        await WaitsAsync(wait);
        _time.Advance(wait + late);
    }

    // Until somebody waits for just so long; other waits that have begun meanwhile are passed over.
    private async Task WaitsAsync(TimeSpan wait)
    {
        while (await _time.NextTimerAsync() != wait)
        {
        }
    }

    private sealed class Client : ISiloClient
    {
        public Client()
        {
            (var grain, Heart) = ScriptedHeart.Make();
            Grains = ScriptedSilo.Make(grain);
        }

        public TaskCompletionSource Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Gone { get; } = new();

        public ScriptedHeart Heart { get; }

        public IGrainFactory Grains { get; }

        public CancellationToken Disconnected => Gone.Token;

        public TimeSpan Patience { get; private set; }

        public Task ConnectAsync(TimeSpan patience, CancellationToken cancellationToken)
        {
            Patience = patience;
            return Connected.Task.WaitAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => default;
    }
}
