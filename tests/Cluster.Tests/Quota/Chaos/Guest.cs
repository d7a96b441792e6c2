using System.Net;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>
/// One that wants to be in and stay: it echoes as long as its connection lasts, and comes again when it is refused, or closed, as any
/// client does whose gateway has lost its lease.
/// </summary>
internal sealed class Guest(HoldAudit audit, string gateway, EndPoint address, int number)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Backoff _backoff = new(new Random(number));
    private volatile State _state = new(false, "", long.MinValue);

    /// <summary>What it knows.</summary>
    public State Now => _state;

    /// <summary>When it was first told anything, or gave up waiting for it; null until then.</summary>
    public long? FirstToldAt { get; private set; }

    /// <summary>Goes on until it is cancelled, and closes its connection.</summary>
    public async Task StayAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using var client = new AuditedPeer(audit, gateway, address);
            var asked = TimeProvider.System.GetTimestamp();
            if (await client.ConnectAsync(cancellationToken))
            {
                while (await client.EchoAsync($"guest {number} at {asked}", cancellationToken) is PeerAnswer.Echo)
                {
                    FirstToldAt ??= TimeProvider.System.GetTimestamp();
                    _state = new State(true, "", asked);
                    _backoff.Reset();
                    if (!await Churn.PauseAsync(Pause, cancellationToken)) return;
                    asked = TimeProvider.System.GetTimestamp();
                }
            }

            FirstToldAt ??= TimeProvider.System.GetTimestamp();
            _state = new State(false, client.Reason is "" ? "Nothing" : client.Reason, asked);
            if (!await Churn.PauseAsync(_backoff.Next(), cancellationToken)) return;
        }
    }

    /// <summary>Whether it is in, and if it is not, the reason that it was given.</summary>
    /// <param name="IsIn">Its last message came back.</param>
    /// <param name="Refusal">Why it is not in; "Nothing" when nobody said.</param>
    /// <param name="AskedAt">When it sent that message, or tried to connect.</param>
    internal sealed record State(bool IsIn, string Refusal, long AskedAt);
}
