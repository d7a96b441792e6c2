using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>
/// The permits that this gateway holds, and when to ask for more: the holder's half of the protocol in docs/quota.md. It has no clock and
/// no lock; whoever drives it brings the time and calls it from one thread at a time.
/// </summary>
internal sealed class PermitPool(string holder, string gateway, QuotaPolicy policy, int reserve)
{
    // A burst of connections should not wait for the quota; and idle permits are called back when somebody else needs them.
    private const int SmallestBlock = 64;
    private const int LargestBlock = 1024;

    // Under the strict policy: time to notice, to tell peers, and to abort those that do not go, before the lease ends.
    private static readonly TimeSpan ToClose = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    private Outstanding? _outstanding;
    private LeaseReply? _lastReply;
    private TimeSpan _renew = TimeSpan.FromSeconds(1); // until the first reply says how often
    private TimeSpan _lastSentAt = TimeSpan.MinValue;
    private TimeSpan _lastAnswerAt;
    private TimeSpan _stopsAt = TimeSpan.MinValue;
    private TimeSpan _expiresAt = TimeSpan.MinValue;
    private long _lastNumber;
    private long _epoch;
    private bool _failed;
    private int _lent; // what the quota believes that this gateway holds
    private int _wanted;
    private int _target = int.MaxValue;
    private int _refused;
    private int _condemned;
    private int _openAtLeaseEnd;
    private bool _hasLease;
    private bool _letsGoAtOnce;
    private bool _isFirst; // the lease is the first since there was no limit, and may be a short one

    /// <summary>Permits that this gateway may have connections for, while its lease lasts.</summary>
    public int Held { get; private set; }

    /// <summary>Connections: permits that were taken and not released yet.</summary>
    public int Open { get; private set; }

    /// <summary>Whether there is no limit.</summary>
    public bool IsUnlimited { get; private set; }

    /// <summary>The limit of the whole scope; null before it is known and when there is none.</summary>
    public int? Limit => _lastReply?.Limit;

    /// <summary>A permit that was taken in an earlier generation than this is void: its connection must close.</summary>
    public int Generation { get; private set; }

    /// <summary>When every permit becomes void, whatever has been noticed by then; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan VoidAt => policy is QuotaPolicy.Available || IsUnlimited || !_hasLease ? Never : _expiresAt;

    /// <summary>How many connections may stay open because the limit was lowered, newest first to go; null when all may.</summary>
    public int? CloseDownTo { get; private set; }

    /// <summary>
    /// Whether it has been told of a limit, or that there is none: until then nobody is refused for want
    /// of a permit, but waits for the answer.
    /// </summary>
    public bool IsLimitKnown { get; private set; }

    /// <summary>What a connection that finds no permit can hope for.</summary>
    public PermitOutlook Outlook => this switch
    {
        { _failed: true } or { IsLimitKnown: false } => PermitOutlook.Unanswered,
        { _lastReply.Denial: QuotaDenial.Relearning or QuotaDenial.StorageUnavailable } => PermitOutlook.Unavailable,
        { _lastReply.Denial: QuotaDenial.LimitReached or QuotaDenial.LimitLowered } => PermitOutlook.Exhausted,
        _ => PermitOutlook.Soon,
    };

    /// <summary>Why the last request got less than it needed.</summary>
    public QuotaDenial Denial => _lastReply?.Denial ?? QuotaDenial.None;

    /// <summary>How often it renews.</summary>
    public TimeSpan Renew => _renew;

    /// <summary>Whether a request is under way.</summary>
    public bool IsAsking => _outstanding is not null;

    /// <summary>Whether it holds a lease that has not ended at <paramref name="now"/>.</summary>
    public bool HasLease(TimeSpan now) => IsUnlimited || now < _expiresAt;

    /// <summary>Whether a connection that came now would be admitted.</summary>
    public bool HasFree(TimeSpan now) =>
        IsUnlimited || (now < _stopsAt ? Open < Held : policy is QuotaPolicy.Available && Open < _openAtLeaseEnd + reserve);

    /// <summary>
    /// Whether nobody can be admitted because nobody says what is free, and not because nothing is: a full cluster is none of it.
    /// </summary>
    public bool IsCutOff(TimeSpan now) =>
        !HasFree(now) && (now >= _stopsAt || Outlook is PermitOutlook.Unavailable or PermitOutlook.Unanswered);

    /// <summary>How long the lease lasts, unless it is renewed; null without one.</summary>
    public TimeSpan? LeaseLeft(TimeSpan now) =>
        IsUnlimited || !_hasLease ? null : _expiresAt - now is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Connections that stay although no lease covers them.</summary>
    public int KeptWithoutLease(TimeSpan now) => policy is QuotaPolicy.Available && !HasLease(now) ? Open : 0;

    /// <summary>Takes a permit for a connection, of the present <see cref="Generation"/>; false when there is none.</summary>
    public bool TryAcquire(TimeSpan now)
    {
        Tick(now);
        if (!HasFree(now)) return false;
        Open++;
        return true;
    }

    /// <summary>A connection was refused for want of a permit: the next may come soon.</summary>
    public void NoteRefusal() => _refused++;

    /// <summary>Gives a permit back.</summary>
    /// <param name="generation">The generation in which it was taken.</param>
    public void Release(int generation)
    {
        Open--;
        if (generation < Generation) _condemned--;
        _openAtLeaseEnd = Math.Min(_openAtLeaseEnd, Open);
        LetGo();
    }

    /// <summary>Notices that the lease ends.</summary>
    public void Tick(TimeSpan now)
    {
        if (IsUnlimited || now < _stopsAt || !_hasLease) return;
        if (policy is QuotaPolicy.Strict && Open > _condemned) Condemn();
        if (now >= _expiresAt) EndLease();
    }

    /// <summary>When the next request is due.</summary>
    /// <param name="waiting">How many connections wait for a permit.</param>
    public TimeSpan NextAskAt(int waiting)
    {
        if (_outstanding is not null) return Never;
        if (_lastNumber is 0) return TimeSpan.MinValue;
        var idle = Math.Max(0, Held - Open);
        var next = _lastSentAt + (idle > 0 ? _renew / 2 : _renew); // who may have something to give back asks twice as often
        if (_failed) return Min(next, _lastAnswerAt + (_renew / 8));
        if (IsUnlimited) return next;
        if (_isFirst) return TimeSpan.MinValue;
        var lacks = _lastReply!.Denial is not QuotaDenial.None;
        if (Held < _lent && _target < int.MaxValue) next = Min(next, _letsGoAtOnce ? TimeSpan.MinValue : _lastAnswerAt + (_renew / 8));

        // Who waits although there are permits waits for the lease to be renewed in time: asking at once, again and again, does not help.
        var isOfUse = !lacks && Held < Open + waiting;
        if (waiting > 0) next = Min(next, isOfUse ? TimeSpan.MinValue : _lastAnswerAt + (_renew / 8));
        if (_refused > 0) next = Min(next, _lastAnswerAt + (_renew / 4));
        if (idle < Block / 2 && _target == int.MaxValue)
        {
            // One that got no whole block is near the limit.
            next = Min(next, _lent >= _wanted ? TimeSpan.MinValue : _lastAnswerAt + (_renew / 4));
        }

        return next;
    }

    /// <summary>Makes the next request. One at a time: until its reply is taken or given up, there is no other.</summary>
    public LeaseRequest BeginRequest(TimeSpan now, int waiting)
    {
        if (_outstanding is not null) throw new InvalidOperationException("A request is under way.");
        Tick(now);
        var block = Block;
        var needed = Open + waiting + Math.Min(_refused, block);
        if (!IsUnlimited) Held = Math.Min(Held, Math.Max(needed + (2 * block), Open));
        var held = IsUnlimited ? Open : Held;
        var wanted = Math.Max(needed, Math.Max(held, held - Open < block / 2 ? needed + block : 0));
        var inUse = Math.Min(Open, held);
        var request = new LeaseRequest
        {
            Holder = holder,
            Gateway = gateway,
            Number = ++_lastNumber,
            Epoch = _epoch,
            Held = held,
            InUse = inUse,
            Unleased = Open - inUse,
            Needed = needed,
            Wanted = wanted,
            IsUnlimited = IsUnlimited,
        };
        _outstanding = new Outstanding(request.Number, held, now);
        _lastSentAt = now;
        _lent = held;
        _wanted = wanted;
        _refused = 0;
        return request;
    }

    /// <summary>Makes the last request of this holder: everything back.</summary>
    public LeaseRequest Finish()
    {
        EndLease();
        return new LeaseRequest
        {
            Holder = holder,
            Gateway = gateway,
            Number = ++_lastNumber,
            Epoch = _epoch,
            Unleased = Open,
            Needed = Open,
            Wanted = Open,
            IsLast = true,
        };
    }

    /// <summary>Takes a reply; one to a request that was given up is ignored.</summary>
    public void Receive(LeaseReply reply, TimeSpan now)
    {
        Tick(now); // first: at the end of a lease the request under way is given up
        if (_outstanding is not { } asked || reply.Number != asked.Number) return;
        // Of a former activation.
        if (reply.Outcome is LeaseOutcome.Stale || (reply.Outcome is LeaseOutcome.Unlimited && reply.Epoch < _epoch))
        {
            Fail(now);
            return;
        }

        _outstanding = null;
        _failed = false;
        _isFirst = false;
        _lastAnswerAt = now;
        _lastReply = reply;
        _epoch = Math.Max(_epoch, reply.Epoch);
        _renew = reply.Renew;
        // A quota whose store has not answered yet knows of none itself.
        IsLimitKnown |= reply.Outcome is not LeaseOutcome.Unavailable || reply.Limit is not null;
        var end = asked.SentAt + reply.Lease;
        // Of no use, or too late to be.
        if (reply.Outcome is LeaseOutcome.Unavailable || (reply.Outcome is LeaseOutcome.Granted && end <= now)) return;
        var (wasUnlimited, formerTarget) = (IsUnlimited, _target);
        IsUnlimited = reply.Outcome is LeaseOutcome.Unlimited;
        _target = int.MaxValue;
        CloseDownTo = null;
        switch (reply.Outcome)
        {
            case LeaseOutcome.Granted:
                _expiresAt = _hasLease && _expiresAt > end ? _expiresAt : end;
                _stopsAt = policy is QuotaPolicy.Strict ? _expiresAt - Max(_renew / 2, ToClose) : _expiresAt;
                _hasLease = true;
                _lent = reply.Granted;
                // What came while it asked was admitted rightly, and is reported at once.
                Held = wasUnlimited ? Math.Max(Open, reply.Granted) : reply.Granted;
                _isFirst = wasUnlimited;
                if (reply.Target < reply.Granted) _target = reply.Target;
                if (reply.Close > 0) CloseDownTo = reply.Target;
                LetGo();
                // What ends from then on goes with one of the next: a call for each would be without end.
                _letsGoAtOnce = Held < _lent && _target < formerTarget;
                break;
            case LeaseOutcome.LeaseLost:
                if (policy is QuotaPolicy.Strict) Condemn();
                EndLease();
                break;
        }
    }

    /// <summary>Gives the request up that is under way: its reply will be ignored.</summary>
    public void Fail(TimeSpan now)
    {
        _outstanding = null;
        _failed = true;
        _lastAnswerAt = now;
    }

    private int Block => Math.Clamp(Open / 4, SmallestBlock, LargestBlock);

    private void Condemn()
    {
        Generation++;
        _condemned = Open;
    }

    private void EndLease()
    {
        // Without what the reserve has admitted: it must not grow from one end to the next.
        if (_hasLease) _openAtLeaseEnd = Math.Min(Open, Held);
        (_hasLease, _stopsAt, _expiresAt) = (false, TimeSpan.MinValue, TimeSpan.MinValue);
        if (_outstanding is { Held: > 0 }) _outstanding = null; // what it promised is not true any more, so its reply must not count
        Held = 0;
        CloseDownTo = null;
    }

    // Somebody else is short: what is idle goes back with the next request.
    private void LetGo() => Held = Math.Min(Held, Math.Max(_target, Open));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed record Outstanding(long Number, int Held, TimeSpan SentAt);
}
