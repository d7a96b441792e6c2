using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>Asks the cluster's quota whenever the pool is due, one request at a time, and gives everything back when the gateway stops.</summary>
internal sealed partial class QuotaKeeper(QuotaLimiter limiter, IBackend backend, GatewayMetrics metrics, TimeProvider time, ILogger<QuotaKeeper> logger) : BackgroundService
{
    // A silo answers within milliseconds, its store within tens of them; one that takes longer is asked anew while the lease lasts.
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(2);

    // The first answer may come from a grain that has to be made, by a silo that has just started: asking anew would only throw it away.
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(5);

    private readonly OutageNotices _answers = new(time, (count, isAway) => Log.UnreachableMore(logger, count, Seconds, isAway ? "It does not answer now." : "It answers now."));
    private readonly OutageNotices _lends = new(time, (count, isAway) => Log.DeniedMore(logger, count, Seconds, isAway ? "It lends nothing new now." : "It lends now."));
    private bool _hasAnswered;
    private bool _saidNotYetReached;
    private int? _saidLimit;

    private static double Seconds => OutageNotices.Interval.TotalSeconds;

    public override void Dispose()
    {
        _answers.Dispose();
        _lends.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.ObserveQuota(() =>
        {
            var (held, open, _, _) = limiter.State;
            return new(held, open, limiter.LeaseLeft);
        });
        try
        {
            while (true)
            {
                await limiter.WaitUntilDueAsync(stoppingToken);
                if (limiter.TryBeginRequest() is { } request) await AskAsync(request);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops: it has drained before.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (limiter.State.IsUnlimited || !_hasAnswered) return;
        try
        {
            await LeaseAsync(limiter.Finish(), cancellationToken);
        }
        catch (Exception fault) when (fault is BackendUnavailableException or OperationCanceledException)
        {
            Log.NotGivenBack(logger);
        }
    }

    // Not given up when the gateway stops: a silo in the same process would stop under the call. It has its patience, and no more.
    private async Task AskAsync(LeaseRequest request)
    {
        try
        {
            var reply = await LeaseAsync(request, CancellationToken.None);
            metrics.QuotaAsked(reply.Outcome);
            limiter.Receive(reply);
            Say(request, reply);
        }
        catch (Exception fault) when (fault is BackendUnavailableException or OperationCanceledException)
        {
            metrics.QuotaSilent();
            limiter.Fail();
            if (backend.IsReachable) SayUnreachable(Explain(fault)); // that no silo is there is said elsewhere
        }
        catch
        {
            limiter.Fail(); // or nobody would ever ask again
            throw;
        }
    }

    private async Task<LeaseReply> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        return await backend.LeaseAsync(request, either.Token);
    }

    private TimeSpan Patience => !limiter.IsLimitKnown ? FirstPatience : limiter.Renew < MostPatience ? limiter.Renew : MostPatience;

    private static string Explain(Exception fault) => fault switch
    {
        OperationCanceledException => "no answer in time",
        { InnerException: { } cause } => cause.Message.Split('\n')[0].TrimEnd('.', '\r'), // a fault in a silo may bring its stack trace along
        _ => fault.Message.TrimEnd('.'),
    };

    private void Say(LeaseRequest request, LeaseReply reply)
    {
        if (_saidNotYetReached && !_hasAnswered) Log.Reached(logger);
        _hasAnswered = true;
        _answers.Back(() => Log.Reachable(logger));
        if (reply.Limit != _saidLimit && reply.Limit is { } limit) Log.Limit(logger, limit);
        if (reply.Limit is not null) _saidLimit = reply.Limit;
        if (reply.Outcome is LeaseOutcome.LeaseLost) Log.LeaseLost(logger);
        if (reply.Denial is QuotaDenial.Relearning or QuotaDenial.StorageUnavailable) _lends.Away(() => Log.Denied(logger, reply.Denial));
        else if (reply.Denial is not QuotaDenial.None || request.Wanted > request.Held) _lends.Back(() => Log.LendsAgain(logger)); // who wants nothing is denied nothing: no news
    }

    private void SayUnreachable(string fault)
    {
        if (_hasAnswered)
        {
            _answers.Away(() => Log.Unreachable(logger, fault));
        }
        else if (!_saidNotYetReached)
        {
            Log.NotYetReached(logger, fault);
            _saidNotYetReached = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2301, LogLevel.Warning, "The quota does not answer ({Fault}): connections are admitted while the lease lasts, then refused with QuotaUnavailable.")]
        public static partial void Unreachable(ILogger logger, string fault);

        [LoggerMessage(2307, LogLevel.Warning, "The quota has not answered yet ({Fault}): connections wait for it, then are refused with QuotaUnavailable.")]
        public static partial void NotYetReached(ILogger logger, string fault);

        [LoggerMessage(2308, LogLevel.Information, "The quota answers: connections are admitted as it says.")]
        public static partial void Reached(ILogger logger);

        [LoggerMessage(2306, LogLevel.Information, "The cluster's limit is {Limit} connections, over all gateways.")]
        public static partial void Limit(ILogger logger, int limit);

        [LoggerMessage(2302, LogLevel.Information, "The quota answers again.")]
        public static partial void Reachable(ILogger logger);

        [LoggerMessage(2303, LogLevel.Warning, "The quota lends nothing new ({Denial}: the silos' log says why). Connections are admitted out of what this gateway holds, others refused with QuotaUnavailable.")]
        public static partial void Denied(ILogger logger, QuotaDenial denial);

        [LoggerMessage(2309, LogLevel.Warning, "The quota stopped answering {Count} more times within {Seconds} s. {Now}")]
        public static partial void UnreachableMore(ILogger logger, int count, double seconds, string now);

        [LoggerMessage(2310, LogLevel.Information, "The quota lends again.")]
        public static partial void LendsAgain(ILogger logger);

        [LoggerMessage(2311, LogLevel.Warning, "The quota stopped lending {Count} more times within {Seconds} s. {Now}")]
        public static partial void DeniedMore(ILogger logger, int count, double seconds, string now);

        [LoggerMessage(2304, LogLevel.Warning, "The quota has lent this gateway's permits to others after its lease ended.")]
        public static partial void LeaseLost(ILogger logger);

        [LoggerMessage(2305, LogLevel.Information, "The quota could not be told that this gateway stops: its permits are free when its lease ends.")]
        public static partial void NotGivenBack(ILogger logger);
    }
}
