using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Load.Messages;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>
/// A place for one connection at a time: sends messages, and has every byte compared that comes back. When a connection has ended, another may take the
/// place, with a number of its own.
/// </summary>
/// <remarks>The clock's thread queues messages, sockets' threads bring echoes and the ends of sends: each holds the gate.</remarks>
internal sealed class LoadConnection : ITransportSink
{
    // What a system call can carry to some use: more at once would be memory of thousands of connections for nothing.
    private const int MostAtOnce = 64 * 1024;

    // An open loop that has fallen behind sends several at once.
    private const int LeastBatch = 4;

    private readonly Lock _gate = new();
    private readonly RunContext _run;
    private readonly LoadBehaviour _behaviour;
    private readonly LoadShard _shard;
    private readonly Action<ConnectionEnd> _ended;
    private readonly SentMessages _messages;
    private readonly EchoReader _reader;
    private readonly EchoJudge _judge;
    private readonly byte[] _sendBuffer;
    private readonly byte[] _receiveBuffer;
    private Transport? _transport;
    private long _lastReceived;
    private int _received;
    private bool _isSending;
    private bool _isFinishing;
    private volatile bool _isBroken;

    public LoadConnection(RunContext run, WireFraming framing, LoadBehaviour behaviour, LoadShard shard, Action<ConnectionEnd> ended)
    {
        (_run, _behaviour, _shard, _ended) = (run, behaviour, shard, ended);
        _messages = new SentMessages(run, framing);
        _judge = new EchoJudge(_messages);
        _reader = new EchoReader(run, framing, _messages, behaviour, _judge);
        var longest = behaviour.LongestMessage;
        var batch = Math.Clamp(longest * Math.Max(behaviour.Depth, LeastBatch), longest, Math.Max(longest, MostAtOnce));
        _sendBuffer = new byte[batch];
        _receiveBuffer = new byte[Math.Max(batch, EchoReader.LongestRefusal + longest)];
    }

    /// <summary>What it does.</summary>
    public LoadBehaviour Behaviour => _behaviour;

    /// <summary>Where it counts.</summary>
    public LoadShard Shard => _shard;

    /// <summary>Whether there is a connection.</summary>
    public bool IsOpen => Volatile.Read(ref _transport) is not null;

    /// <summary>Whether it broke or could not be opened, and no other has come: what it should send is not sent.</summary>
    public bool IsBroken
    {
        get => _isBroken;
        set => _isBroken = value;
    }

    /// <summary>Whether it waits for echoes.</summary>
    public bool IsOwed
    {
        get
        {
            lock (_gate) return _transport is not null && _messages.Next < _messages.Due;
        }
    }

    Memory<byte> ITransportSink.ReceiveBuffer => _receiveBuffer.AsMemory(_received);

    private bool IsDone => _isFinishing ? _messages.Next >= _messages.Due : _behaviour.EchoesPerConnection > 0 && _reader.Echoes >= _behaviour.EchoesPerConnection;

    // Closed loop: how many more it may have in flight.
    private int Room
    {
        get
        {
            var room = _behaviour.Depth - (_messages.Due - _messages.Next);
            return (int)(_behaviour.EchoesPerConnection > 0 ? Math.Min(room, _behaviour.EchoesPerConnection - _messages.Due) : room);
        }
    }

    /// <summary>Takes a connection that was opened.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="id">Its number: no other connection of the run has it.</param>
    /// <returns>Whether there was room: the place is another's when it was wanted twice in the same moment.</returns>
    public bool TryBegin(Transport transport, long id)
    {
        lock (_gate)
        {
            if (_transport is not null) return false;
            _messages.Begin(id);
            _reader.Begin();
            _received = 0;
            _isSending = _isFinishing = _isBroken = false;
            _lastReceived = _run.Now;
            transport.Sink = this;
            Volatile.Write(ref _transport, transport);
        }

        transport.Start();
        lock (_gate)
        {
            if (_transport != transport) return true;
            if (_behaviour.Kind is FlowKind.Hold && _run.IsSending) Queue(_run.Now, 1); // whether it is echoed at all
            FillUp();
        }

        return true;
    }

    /// <summary>Sends as soon as it can.</summary>
    /// <param name="intended">When it should be sent, as a timestamp.</param>
    /// <param name="count">How many messages.</param>
    /// <returns>Whether there is a connection to send on.</returns>
    public bool TryQueue(long intended, int count = 1)
    {
        lock (_gate)
        {
            if (_transport is null || _isFinishing) return false;
            Queue(intended, count);
            Flush();
            return true;
        }
    }

    /// <summary>Messages were due, and cannot be sent: they wait to the end of the run.</summary>
    /// <param name="intended">When they should have been sent, as a timestamp.</param>
    /// <param name="count">How many.</param>
    public void Skip(long intended, long count = 1)
    {
        lock (_shard.Gate)
        {
            _shard.Counts.Skipped += count;
            _shard.Counts.MissingSinceDue.Add(_run.Nanoseconds(0, intended), count);
        }
    }

    /// <summary>Messages were due, and the load tester did not come to them.</summary>
    /// <param name="intended">When they should have been sent, as a timestamp.</param>
    /// <param name="count">How many.</param>
    public void LeaveUntried(long intended, long count)
    {
        lock (_shard.Gate)
        {
            _shard.Counts.Untried += count;
            _shard.Counts.MissingSinceDue.Add(_run.Nanoseconds(0, intended), count);
        }
    }

    /// <summary>It has thought: sends a message, if it is still the connection that thought.</summary>
    public void Go()
    {
        lock (_gate)
        {
            if (_transport is null || _isFinishing || !_run.IsSending || Room is 0) return;
            Queue(_run.Now, 1);
            Flush();
        }
    }

    /// <summary>Gives it up when the echo that is next has taken too long, whatever else has come meanwhile.</summary>
    public void EndIfLate(long now, long nanoseconds)
    {
        lock (_gate)
        {
            if (_transport is null || _messages.Next >= _messages.Sent) return;
            if (_run.Nanoseconds(_messages.At(_messages.Next).Sent, now) > nanoseconds) End(ErrorClass.Timeout);
        }
    }

    /// <summary>Fewer connections are wanted: it sends no more, and closes when it is owed nothing.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _isFinishing = true;
            if (_transport is not null && IsDone) End(null);
        }
    }

    /// <summary>Closes it at the end of the run: what is owed now is lost.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_transport is not null) End(null);
        }
    }

    void ITransportSink.Received(Transport transport, int count)
    {
        var now = _run.Now; // before anything is waited for
        lock (_gate)
        {
            if (_transport != transport) return;
            _received += count;
            _lastReceived = now;
            var echoes = _reader.Echoes;
            int taken;
            lock (_shard.Gate) taken = _reader.Take(_receiveBuffer.AsSpan(0, _received), isLast: false, _lastReceived, _shard.Counts);
            if (taken > 0 && taken < _received) _receiveBuffer.AsSpan(taken, _received - taken).CopyTo(_receiveBuffer);
            _received -= taken;
            if (_behaviour.ThinkTime > 0)
            {
                for (; echoes < _reader.Echoes; echoes++) _behaviour.Think(this, _lastReceived);
            }

            if (IsDone) End(null);
            else FillUp();
        }
    }

    void ITransportSink.Sent(Transport transport)
    {
        lock (_gate)
        {
            if (_transport != transport) return;
            _isSending = false;
            Flush();
        }
    }

    void ITransportSink.Ended(Transport transport, ErrorClass? fault)
    {
        lock (_gate)
        {
            if (_transport == transport) End(fault ?? ErrorClass.Closed);
        }
    }

    // Closed loop: as many in flight as its depth, but for those whose time to think is not over.
    private void FillUp()
    {
        var thinks = _behaviour.ThinkTime > 0 && _messages.Due > 0;
        if (_behaviour.IsClosed && !_isFinishing && !thinks && _run.IsSending) Queue(_run.Now, Room);
        Flush();
    }

    private void Queue(long intended, int count)
    {
        for (; count > 0; count--) _messages.Add(intended, _behaviour.NextSize());
    }

    private void Flush()
    {
        while (!_isSending && _messages.Sent < _messages.Due && _transport is { } transport)
        {
            var length = _messages.Write(_sendBuffer);
            _isSending = true;
            if (!transport.Send(_sendBuffer.AsMemory(0, length))) return;
            _isSending = false;
        }
    }

    // Without a fault it was we who closed it.
    private void End(ErrorClass? fault)
    {
        var transport = _transport!;
        Volatile.Write(ref _transport, null);
        transport.Dispose();
        lock (_shard.Gate) _reader.Take(_receiveBuffer.AsSpan(0, _received), isLast: true, _lastReceived, _shard.Counts);
        if (_reader.Refusal is not null) fault = RefusalReason.ClassOf(_reader.Refusal);
        lock (_shard.Gate)
        {
            var counts = _shard.Counts;
            var outstanding = _judge.End(counts);
            if (fault is null) counts.Lost += outstanding;
            else counts.Unanswered += outstanding;
            counts.Skipped += _messages.Due - _messages.Sent;
            if (fault is { } error) counts.Errors[(int)error]++;
            if (_reader.Refusal is { } reason) counts.Refusals[reason] = counts.Refusals.GetValueOrDefault(reason) + 1;
        }

        _ended(fault is null ? ConnectionEnd.Ours : ConnectionEnd.Fault);
    }
}
