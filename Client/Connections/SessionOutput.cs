using System.Buffers;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Connections;

/// <summary>
/// What a connection has to send. Frames are gathered while earlier ones are written, so that requests that come together travel together.
/// </summary>
/// <param name="stream">Where to.</param>
/// <param name="codec">The framing.</param>
/// <param name="gate">Guards what is gathered; the session's own, which orders frames and those who wait alike.</param>
/// <param name="onFault">Told when nothing can be written any more.</param>
internal sealed class SessionOutput(Stream stream, IFrameCodec codec, Lock gate, Action<Exception> onFault) : IThreadPoolWorkItem
{
    // What one burst needed is not kept for ever.
    private const int MostKept = 256 * 1024;

    private ArrayBufferWriter<byte> _gathering = new();
    private ArrayBufferWriter<byte> _writing = new();
    private bool _isWriting;

    /// <summary>Gathers a frame. The caller holds the gate: the message is copied before its owner may change it.</summary>
    /// <returns>Whether the caller has to see to the writing, after it has left the gate.</returns>
    public bool Append(ReadOnlySpan<byte> message)
    {
        codec.Write(_gathering, message);
        if (_isWriting) return false;
        _isWriting = true;
        return true;
    }

    /// <summary>Writes what is gathered.</summary>
    /// <param name="isAlone">Whether nothing else is under way: then at once, in the caller; otherwise a moment later, with what still comes.</param>
    public void Write(bool isAlone)
    {
        if (isAlone) _ = WriteAllAsync(isInCaller: true);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <inheritdoc />
    public void Execute() => _ = WriteAllAsync(isInCaller: false);

    private async Task WriteAllAsync(bool isInCaller)
    {
        try
        {
            while (TryTake())
            {
                await stream.WriteAsync(_writing.WrittenMemory).ConfigureAwait(false);
                if (!isInCaller || !HasMore()) continue;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false); // who has sent one message does not write those of others, who may never pause
                return;
            }
        }
        catch (Exception fault)
        {
            onFault(fault); // it stays "writing": nothing is written after a fault
        }
    }

    private bool HasMore()
    {
        lock (gate) return _gathering.WrittenCount > 0;
    }

    private bool TryTake()
    {
        lock (gate)
        {
            if (_writing.Capacity > MostKept) _writing = new();
            else _writing.ResetWrittenCount();
            _isWriting = _gathering.WrittenCount > 0;
            (_gathering, _writing) = (_writing, _gathering);
            return _isWriting;
        }
    }
}
