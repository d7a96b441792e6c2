using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Load.Messages;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load;

/// <summary>
/// A place for one connection at a time: sends messages, and compares every byte that comes back. When a connection has ended, another may take the
/// place, with a number of its own.
/// </summary>
/// <remarks>
/// The clock's thread queues messages, sockets' threads bring echoes and the ends of sends: each holds the gate. A message is made when there is room
/// to send it, and again when its echo comes, so that nothing but its number, its times and its checksum is kept.
/// </remarks>
internal sealed class LoadConnection : ITransportSink
{
    // A refusal is 260 bytes at most; it may come after the beginning of an echo.
    private const int LeastReceive = 512;
    private const int MostAtOnce = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly RunContext _run;
    private readonly WireFraming _framing;
    private readonly LoadBehaviour _behaviour;
    private readonly LoadShard _shard;
    private readonly Action<ConnectionEnd> _ended;
    private readonly byte[] _owner = new byte[MessageStamp.OwnerLength];
    private readonly byte[] _sendBuffer;
    private readonly byte[] _receiveBuffer;
    private readonly byte[] _expected;
    private readonly EchoJudge _judge = new();
    private MessageRing _ring = new();
    private Transport? _transport;
    private long _id;
    private long _sent;
    private long _next;
    private long _echoes;
    private long _lastProgress;
    private int _received;
    private bool _isSending;
    private bool _isFinishing;
    private string? _refusal;

    public LoadConnection(RunContext run, WireFraming framing, LoadBehaviour behaviour, LoadShard shard, Action<ConnectionEnd> ended)
    {
        (_run, _framing, _behaviour, _shard, _ended) = (run, framing, behaviour, shard, ended);
        var longest = behaviour.LongestMessage;
        var batch = Math.Clamp(longest * Math.Max(behaviour.Depth, 4), longest, Math.Max(longest, MostAtOnce));
        _sendBuffer = new byte[batch];
        _receiveBuffer = new byte[Math.Max(batch, LeastReceive + longest)];
        _expected = new byte[longest];
    }

    /// <summary>What it does.</summary>
    public LoadBehaviour Behaviour => _behaviour;

    /// <summary>Where it counts.</summary>
    public LoadShard Shard => _shard;

    /// <summary>Whether messages may be queued.</summary>
    public bool IsOpen => Volatile.Read(ref _transport) is not null;

    public Memory<byte> ReceiveBuffer => _receiveBuffer.AsMemory(_received);

    /// <summary>Takes a connection that was opened.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="id">Its number: no other connection of the run has it.</param>
    public void Begin(Transport transport, long id)
    {
        lock (_gate)
        {
            MessageStamp.WriteOwner(_owner, _run.Text.Run, id);
            _id = id;
            _ring.Clear();
            _sent = _next = _echoes = 0;
            _received = 0;
            _isSending = _isFinishing = false;
            _refusal = null;
            _lastProgress = _run.Now;
            transport.Sink = this;
            Volatile.Write(ref _transport, transport);
        }

        transport.Start();
        lock (_gate)
        {
            if (_transport == transport) FillUp();
        }
    }

    /// <summary>Sends a message as soon as it can.</summary>
    /// <param name="intended">When it should be sent, as a timestamp.</param>
    /// <returns>Whether there is a connection to send it on.</returns>
    public bool TryQueue(long intended)
    {
        lock (_gate)
        {
            if (_transport is null || _isFinishing) return false;
            Queue(intended);
            Flush();
            return true;
        }
    }

    /// <summary>Sends several messages at once.</summary>
    public bool TryQueue(long intended, int count)
    {
        lock (_gate)
        {
            if (_transport is null || _isFinishing) return false;
            for (var i = 0; i < count; i++) Queue(intended);
            Flush();
            return true;
        }
    }

    /// <summary>It has thought: sends a message, if it is still the connection that thought.</summary>
    public void Go()
    {
        lock (_gate)
        {
            if (_transport is null || _isFinishing || !_run.IsSending || Room is 0) return;
            Queue(_run.Now);
            Flush();
        }
    }

    /// <summary>Whether it waits for echoes.</summary>
    public bool IsOwed
    {
        get
        {
            lock (_gate) return _transport is not null && _next < _ring.End;
        }
    }

    /// <summary>Gives it up when nothing has come for too long although something is owed.</summary>
    public void EndIfSilent(long now, long nanoseconds)
    {
        lock (_gate)
        {
            if (_transport is null || _next >= _sent) return;
            var since = Math.Max(_lastProgress, _ring.At(_next).Sent);
            if (_run.Nanoseconds(since, now) > nanoseconds) End(ErrorClass.Timeout);
        }
    }

    /// <summary>Fewer connections are wanted: it sends no more, and closes when it is owed nothing.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _isFinishing = true;
            if (_transport is not null && _next >= _ring.End) End(null, isOurs: true);
        }
    }

    /// <summary>Closes it: at the end of the run, or because fewer are wanted.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_transport is not null) End(null, isOurs: true);
        }
    }

    void ITransportSink.Received(Transport transport, int count)
    {
        lock (_gate)
        {
            if (_transport != transport) return;
            _received += count;
            var now = _run.Now;
            _lastProgress = now;
            int taken;
            lock (_shard.Gate) taken = Take(_receiveBuffer.AsSpan(0, _received), now);
            if (_transport is null) return;
            if (taken > 0 && taken < _received) _receiveBuffer.AsSpan(taken, _received - taken).CopyTo(_receiveBuffer);
            _received -= taken;
            if (IsDone) End(null, isOurs: true);
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

    private bool IsDone => _isFinishing ? _next >= _ring.End : _behaviour.EchoesPerConnection > 0 && _echoes >= _behaviour.EchoesPerConnection;

    // Takes all whole messages.
    private int Take(ReadOnlySpan<byte> bytes, long now)
    {
        var taken = 0;
        while (taken < bytes.Length)
        {
            var step = _next < _sent ? TakeExpected(bytes[taken..], now) : 0;
            if (step is 0) step = TakeOther(bytes[taken..]);
            if (step <= 0) break;
            taken += step;
        }

        return taken;
    }

    // How many bytes: 0 when it is not what was expected, less when the rest of it has not come yet.
    private int TakeExpected(ReadOnlySpan<byte> bytes, long now)
    {
        ref var message = ref _ring.At(_next);
        var expected = _expected.AsSpan(0, message.Size);
        _run.Text.Write(expected[_framing.Before..^_framing.After], _owner, _next, message.Checksum);
        _framing.Wrap(expected);
        if (bytes.Length < expected.Length) return expected.StartsWith(bytes) ? -1 : 0;
        if (!bytes[..expected.Length].SequenceEqual(expected)) return 0;
        Count(message, now);
        _judge.Next();
        _ring.ForgetBefore(++_next);
        return expected.Length;
    }

    private void Count(in MessageRing.Entry message, long now)
    {
        var counts = _shard.Counts;
        counts.Messages++;
        counts.Bytes += message.Size;
        _echoes++;
        LatencyRecorder.Record(counts.Latency, _run.Nanoseconds(message.Intended, now));
        LatencyRecorder.Record(counts.ServiceTime, _run.Nanoseconds(message.Sent, now));
        if (_behaviour.ThinkTime > 0) _behaviour.Think(this, now);
    }

    private int TakeOther(ReadOnlySpan<byte> bytes)
    {
        if (!_framing.TryRead(bytes, out var frame)) return bytes.Length == _receiveBuffer.Length ? Skip(bytes) : -1;
        if (frame.IsRefusal)
        {
            _refusal = RefusalReason.Of(frame.Message);
            return frame.Length;
        }

        if (_framing.HasMessages) return Judge(frame.Message, frame.Length);
        return TakeOutOfStream(bytes);
    }

    private int Judge(ReadOnlySpan<byte> message, int length)
    {
        var counts = _shard.Counts;
        if (!MessageStamp.TryRead(message, _run.Text.Run, out var connection, out var sequence)) _judge.Strange(counts);
        else if (connection != _id) counts.Foreign++;
        else
        {
            var next = _judge.Judge(sequence, _next, _sent, counts);
            if (next > _next) Count(_ring.At(next - 1), _run.Now);
            _ring.ForgetBefore(_next = next);
        }

        return length;
    }

    // Without frames, a message can only be where the run's name is; how long it is, is known for those of ours that were not passed over.
    private int TakeOutOfStream(ReadOnlySpan<byte> bytes)
    {
        var run = _owner.AsSpan(0, MessageStamp.RunLength);
        for (var at = 0; at < bytes.Length;)
        {
            var found = bytes[at..].IndexOf(run);
            if (found < 0) break;
            at += found;
            var message = bytes[at..];
            if (MessageStamp.TryReadSequence(message, out var sequence))
            {
                // A copy of one that is gone from the ring can be as long as any that was sent: its checksum says which.
                foreach (var size in message.StartsWith(_owner) ? SizesOf(sequence) : _behaviour.AllSizes)
                {
                    if (message.Length < size && at is 0) return -1;
                    if (message.Length < size || !MessageStamp.TryRead(message[..size], _run.Text.Run, out _, out _)) continue;
                    if (at > 0) _judge.Strange(_shard.Counts);
                    return at + Judge(message[..size], size);
                }
            }
            else if (at is 0 && message.Length < MessageStamp.Length)
            {
                return -1;
            }

            at++;
        }

        _judge.Strange(_shard.Counts);
        // The beginning of a name may stand at the end.
        return Math.Max(1, bytes.Length - MessageStamp.RunLength + 1);
    }

    private int[] SizesOf(long sequence) => sequence >= _next && sequence < _sent ? [_ring.At(sequence).Size] : _behaviour.AllSizes;

    private int Skip(ReadOnlySpan<byte> bytes)
    {
        _judge.Strange(_shard.Counts);
        return bytes.Length;
    }

    // Closed loop: as many in flight as its depth, but for those whose time to think is not over.
    private void FillUp()
    {
        if (_behaviour.IsClosed && !_isFinishing)
        {
            var room = _behaviour.ThinkTime > 0 && _ring.End > 0 ? 0 : Room;
            if (room > 0 && _run.IsSending)
            {
                var now = _run.Now;
                for (; room > 0; room--) Queue(now);
            }
        }

        Flush();
    }

    private int Room
    {
        get
        {
            var room = _behaviour.Depth - (_ring.End - _next);
            return (int)(_behaviour.EchoesPerConnection > 0 ? Math.Min(room, _behaviour.EchoesPerConnection - _ring.End) : room);
        }
    }

    private void Queue(long intended) => _ring.Add(intended, _behaviour.NextSize());

    private void Flush()
    {
        while (!_isSending && _sent < _ring.End && _transport is { } transport)
        {
            var length = 0;
            var now = _run.Now;
            while (_sent < _ring.End)
            {
                ref var message = ref _ring.At(_sent);
                if (length + message.Size > _sendBuffer.Length) break;
                var frame = _sendBuffer.AsSpan(length, message.Size);
                message.Checksum = _run.Text.Write(frame[_framing.Before..^_framing.After], _owner, _sent);
                _framing.Wrap(frame);
                message.Sent = now;
                length += message.Size;
                _sent++;
            }

            _isSending = true;
            if (!transport.Send(_sendBuffer.AsMemory(0, length))) return;
            _isSending = false;
        }
    }

    private void End(ErrorClass? fault, bool isOurs = false)
    {
        var transport = _transport!;
        Volatile.Write(ref _transport, null);
        transport.Dispose();
        if (_refusal is not null) fault = RefusalReason.ClassOf(_refusal);
        lock (_shard.Gate)
        {
            var counts = _shard.Counts;
            var outstanding = _sent - _next;
            outstanding -= _judge.End(outstanding, counts);
            if (isOurs && fault is null) counts.Lost += outstanding;
            else counts.Unanswered += outstanding;
            counts.Skipped += _ring.End - _sent;
            if (fault is { } error) counts.Errors[(int)error]++;
            if (_refusal is not null) counts.Refusals[_refusal] = counts.Refusals.GetValueOrDefault(_refusal) + 1;
        }

        _ended(fault is null ? ConnectionEnd.Ours : ConnectionEnd.Fault);
    }
}
