using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Connections;

/// <summary>
/// A gateway and the grain of one of its connections, with everything between them that can go wrong: calls and answers that are lost
/// or late, activations that vanish. It checks the grain's side against what the gateway knows after each step.
/// </summary>
internal sealed class ConnectionRecordModel
{
    private readonly ConnectionId _id = Sample.NewId();
    private readonly List<ConnectionOpening> _openings = []; // all that were ever on the wire: each may arrive again, late
    private readonly List<MessageSet> _sets = [];

    // The gateway's side, as OrleansBackendConnection has it.
    private MessageSet? _pending;
    private long _next = 1;
    private long _messages;
    private long _bytes;
    private bool _isFinished; // the last set is acknowledged
    private bool _isClosed;

    // The grain's side, and what is expected of it.
    private ConnectionRecord _record;
    private long? _openedUpTo;
    private CloseReason? _reason;

    public ConnectionRecordModel()
    {
        _record = new ConnectionRecord(_id);
        Open(Reopening());
    }

    public enum Step
    {
        Send,
        SendLast,
        LoseCall,
        LoseAnswer,
        Reopen,
        LoseActivation,
        LateSet,
        LateOpening,
        Close,
    }

    /// <summary>Takes a step of a schedule; one that no gateway would take now is left out.</summary>
    public void Take(Step step, int pick, int[] lengths)
    {
        switch (step)
        {
            case Step.Send or Step.SendLast when CanSend:
                SendUntilAcknowledged(Pending(lengths, step is Step.SendLast));
                break;
            case Step.LoseCall when CanSend:
                Pending(lengths, isLast: false); // sent, and may arrive late
                break;
            case Step.LoseAnswer when CanSend:
                Deliver(Pending(lengths, isLast: false));
                break;
            case Step.Reopen when CanSend:
                Open(Reopening());
                break;
            case Step.LoseActivation:
                (_record, _openedUpTo, _reason) = (new ConnectionRecord(_id), null, null);
                break;
            case Step.LateSet when _sets.Count > 0:
                Deliver(_sets[pick % _sets.Count]);
                break;
            case Step.LateOpening:
                Open(_openings[pick % _openings.Count]);
                break;
            case Step.Close:
                _isClosed = true;
                Close((CloseReason)(pick % 11));
                break;
        }

        Assert.Equal(_openedUpTo, _record.Describe()?.NextSequence);
        Assert.Equal(_openedUpTo is null ? null : _reason, _record.Describe()?.CloseReason);
    }

    private bool CanSend => !_isClosed && !_isFinished;

    private MessageSet Pending(int[] lengths, bool isLast)
    {
        if (_pending is not null) return _pending; // one outstanding set: it is sent again, as it is
        _sets.Add(_pending = Sample.Set(_next, lengths, isLast));
        return _pending;
    }

    private void SendUntilAcknowledged(MessageSet set)
    {
        if (!Deliver(set))
        {
            Open(Reopening());
            Assert.True(Deliver(set), $"Set {set.Sequence} was refused by a grain that had just been opened up to it.");
        }

        _messages += set.Count;
        _bytes += set.Bytes.Length;
        _next = set.Sequence + 1;
        _isFinished = set.IsLast;
        _pending = null;

        // What the gateway has acknowledged is counted, and counted once.
        var info = _record.Describe()!;
        Assert.Equal((_messages, _bytes, _next), (info.Messages, info.Bytes, info.NextSequence));
        Assert.Equal(_isFinished ? ConnectionState.Disconnecting : ConnectionState.Connected, info.State);
    }

    private ConnectionOpening Reopening() => Sample.Opening(_next, _messages, _bytes);

    private void Open(ConnectionOpening opening)
    {
        _openings.Add(opening);
        if (_reason is not null)
        {
            Assert.Throws<InvalidOperationException>(() => _record.Open(opening, Sample.Noon));
            return;
        }

        _record.Open(opening, Sample.Noon);
        _openedUpTo = opening.NextSequence;
    }

    private bool Deliver(MessageSet set)
    {
        if (_reason is not null)
        {
            Assert.Throws<InvalidOperationException>(() => _record.Accept(set, Sample.Noon));
            return false;
        }

        var isAnswered = _record.Accept(set, Sample.Noon);
        Assert.Equal(set.Sequence <= _openedUpTo, isAnswered);
        if (set.Sequence == _openedUpTo) _openedUpTo++;
        return isAnswered;
    }

    private void Close(CloseReason reason)
    {
        Assert.Equal(_reason is null, _record.Close(reason));
        _reason ??= reason;
        Assert.Equal(ConnectionState.Disconnected, _record.State);
    }
}
