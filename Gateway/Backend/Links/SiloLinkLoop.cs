using System.Net;
using Microsoft.Extensions.Logging;
using OrleansEcho.Gateway.Backend.Lanes;
using OrleansEcho.Grains.Interfaces.Lanes;
using OrleansEcho.Grains.Interfaces.Links;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>Keeps a link to one silo: connects until it answers, lets its heart beat, and begins again when it is lost.</summary>
internal sealed partial class SiloLinkLoop(
    IPEndPoint silo,
    Func<IPEndPoint, ISiloClient> connect,
    SiloLinks links,
    string gateway,
    string run,
    int lanes,
    HeartbeatTerms terms,
    TimeProvider time,
    ILogger<SiloLinkLoop> logger) : IDisposable
{
    // A person who starts the silo second should not wait, and one that was lost is soon back.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    // By so much a beat may be late because this process itself stood still: then the silence is our own.
    private static readonly TimeSpan OwnDelay = TimeSpan.FromMilliseconds(500);

    // So long a silo that has fallen silent may take to answer over the connection that there is. Then a new one: TCP waits ever longer
    // before it tries again, after a cut of ten seconds for another six.
    private static readonly TimeSpan SecondChance = TimeSpan.FromSeconds(2);

    // An answer takes about as long as the one before it. So many times that is too long.
    private const int MostTimesTheLast = 2;

    private const string Gone = "its connection is gone";

    private readonly AttemptPatience _patience = new();

    private readonly OutageNotices _notices = new(time, (count, isAway) => Log.LostMore(
        logger, silo, count, OutageNotices.Interval.TotalSeconds, isAway ? "It is lost now." : "It is there now."));

    private volatile bool _isUp;
    private volatile string? _fault;

    /// <summary>Whether the silo answers.</summary>
    public bool IsUp => _isUp;

    /// <summary>Why it did not answer last; null when it has not been tried yet.</summary>
    public string? Fault => _fault;

    /// <summary>Runs until it is cancelled, and then ends without a fault.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var client = connect(silo);
            try
            {
                await ConnectAsync(client, cancellationToken);
                var beat = client.Grains.GetGrain<ILinkGrain>(run);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, client.Disconnected);
                var patience = _patience.Answer(links.All.IsEmpty ? terms.LongestSilence : terms.Silence);
                while (!client.Disconnected.IsCancellationRequested)
                {
                    var sentAt = time.GetTimestamp();
                    var first = await BeatAsync(beat, null).WaitAsync(patience, time, ended.Token);
                    _patience.Succeeded();
                    if (!await KeepAsync(client, first, time.GetElapsedTime(sentAt), beat, cancellationToken)) break;
                    patience = SecondChance;
                }
            }
            catch (Exception fault)
            {
                if (cancellationToken.IsCancellationRequested) return; // whatever it is, nobody wants to reach the silo any more
                _fault = fault is OperationCanceledException && client.Disconnected.IsCancellationRequested
                    ? Gone : SiloFaults.Explain(fault);
                _patience.Failed();
            }
            finally
            {
                Dispose(client);
            }

            await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _notices.Dispose();

    private async Task ConnectAsync(ISiloClient client, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_patience.Connecting, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await client.ConnectAsync(_patience.Opening, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    /// <summary>Lets the heart beat until the silo is lost.</summary>
    /// <returns>Whether it may answer yet over this connection.</returns>
    private async Task<bool> KeepAsync(
        ISiloClient client, SiloSign first, TimeSpan took, ILinkGrain beat, CancellationToken cancellationToken)
    {
        var link = new SiloLink($"{silo}", client.Grains);
        link.Took(took);
        var hasSecondChance = true;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, client.Disconnected);
        var why = Gone;
        if (first.BatchFormat >= SetBatchCodec.Format)
        {
            link.OpenLanes(lost => [.. Enumerable.Range(0, lanes)
                .Select(i => new SetLane(new GrainLane(client.Grains.GetGrain<ILaneGrain>($"{run}/{i}")), time, lost))]);
        }

        if (first.IsLeaving) link.Retire();
        _isUp = true;
        _notices.Back(() => Log.Back(logger, silo));
        links.Add(link);
        try
        {
            while (true)
            {
                await Task.Delay(terms.Interval, time, ended.Token);
                var sentAt = time.GetTimestamp();
                try
                {
                    var sign = await AnswerAsync(beat, link, sentAt, ended.Token);
                    link.Answered(time.GetTimestamp());
                    link.Took(time.GetElapsedTime(sentAt));
                    if (sign.Silo != first.Silo)
                    {
                        why = $"{sign.Silo} answers for it"; // it ends, or has been started again
                        break;
                    }

                    if (sign.IsLeaving && !link.IsLeaving) Retire(link);
                }
                catch (TimeoutException)
                {
                    var silence = time.GetElapsedTime(sentAt);
                    why = $"no answer for {silence.TotalSeconds:0.#} s";
                    hasSecondChance = silence < terms.LongestSilence; // it has had it
                    break;
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    why = SiloFaults.Explain(fault);
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The silo has closed the connection, or its process has ended.
        }
        finally
        {
            (_isUp, _fault) = (false, why);
            var connections = link.Connections;
            links.Remove(link, why);
            if (!cancellationToken.IsCancellationRequested) SayLost(link, why, connections);
        }

        return hasSecondChance;
    }

    /// <summary>
    /// Sends a heartbeat and waits for its answer, for <see cref="HeartbeatTerms.Silence"/> at a time, or for longer where the last one
    /// took long. When no other silo has answered meanwhile either, it is this process or its machine that is late, and not all silos at
    /// once: it waits on, because there is nowhere to go, and newcomers would be refused. The others are asked once more after that: their
    /// answers may come a moment before this one's.
    /// </summary>
    /// <exception cref="TimeoutException">The silo is silent.</exception>
    private async Task<SiloSign> AnswerAsync(ILinkGrain beat, SiloLink link, long sentAt, CancellationToken cancellationToken)
    {
        var beating = BeatAsync(beat, link);
        var silence = SilenceOf(link);
        var wereAllSilent = false;
        while (true)
        {
            var since = time.GetTimestamp();
            if (beating.IsCompleted) beating = BeatAsync(beat, link); // its call has timed out by itself (Backend:CallTimeoutSeconds)
            try
            {
                return await beating.WaitAsync(silence, time, cancellationToken);
            }
            catch (TimeoutException) when (time.GetElapsedTime(since) > silence + OwnDelay)
            {
                // This process has not run for a while: the silo may have answered.
            }
            catch (TimeoutException) when (time.GetElapsedTime(sentAt) < terms.LongestSilence)
            {
                var areAllSilent = !links.HasAnyAnswered(since, otherThan: link);
                if (!areAllSilent && !wereAllSilent) throw;
                wereAllSilent = areAllSilent;
            }
        }
    }

    // On a network whose way there and back takes a second, each link would else be lost with every
    // heartbeat, and found again with the next.
    private TimeSpan SilenceOf(SiloLink link)
    {
        var least = link.HeartbeatTime * MostTimesTheLast ?? terms.Silence;
        if (least <= terms.Silence) return terms.Silence;
        return least < terms.LongestSilence ? least : terms.LongestSilence;
    }

    private Task<SiloSign> BeatAsync(ILinkGrain beat, SiloLink? link) =>
        beat.BeatAsync(new GatewaySign
        {
            Gateway = gateway,
            Connections = link?.Connections ?? 0,
            HasMovedOn = link is { IsLeaving: true },
            NextWithin = terms.Interval + terms.Silence,
        }).AsTask();

    private void Retire(SiloLink link)
    {
        link.Retire();
        Log.Leaving(logger, silo, link.Connections);
    }

    private void SayLost(SiloLink link, string why, int connections)
    {
        if (link.IsLeaving) _notices.Away(() => Log.Left(logger, silo));
        else _notices.Away(() => Log.Lost(logger, silo, why, connections));
    }

    // It may take as long as it likes: the next attempt has a client of its own.
    private void Dispose(ISiloClient client) => _ = DisposeAsync(client);

    private async Task DisposeAsync(ISiloClient client)
    {
        try
        {
            await client.DisposeAsync();
        }
        catch (Exception fault)
        {
            Log.NotDisposed(logger, silo, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2104, LogLevel.Warning, "Silo {Silo} is lost: {Why}. {Connections} connections were on it.")]
        public static partial void Lost(ILogger logger, IPEndPoint silo, string why, int connections);

        [LoggerMessage(2105, LogLevel.Information, "Silo {Silo} is back.")]
        public static partial void Back(ILogger logger, IPEndPoint silo);

        [LoggerMessage(2109, LogLevel.Warning, "Silo {Silo} was lost {Count} more times within {Seconds} s. {Now}")]
        public static partial void LostMore(ILogger logger, IPEndPoint silo, int count, double seconds, string now);

        [LoggerMessage(2106, LogLevel.Information, "Silo {Silo} is about to stop: its {Connections} connections go to others.")]
        public static partial void Leaving(ILogger logger, IPEndPoint silo, int connections);

        [LoggerMessage(2107, LogLevel.Information, "Silo {Silo} has stopped.")]
        public static partial void Left(ILogger logger, IPEndPoint silo);

        [LoggerMessage(2108, LogLevel.Error, "What connected to silo {Silo} could not be tidied up.")]
        public static partial void NotDisposed(ILogger logger, IPEndPoint silo, Exception fault);
    }
}

/// <summary>How soon a silo that does not answer is noticed.</summary>
/// <param name="Interval">Between an answer and the next heartbeat.</param>
/// <param name="Silence">How long a heartbeat waits for its answer while other silos answer.</param>
internal sealed record HeartbeatTerms(TimeSpan Interval, TimeSpan Silence)
{
    // A machine that has thirty times as much to do as it has cores answers within two or three seconds. Longer, and peers of a
    // gateway that is cut off would wait for it.
    private const int SilencesOfAll = 4;

    /// <summary>How long a heartbeat waits at most, when no silo answers.</summary>
    public TimeSpan LongestSilence { get; } = Silence * SilencesOfAll;
}
