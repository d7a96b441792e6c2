using System.IO.Pipelines;

namespace OrleansEcho.Client.Tests.Fakes;

/// <summary>One end of a connection that never leaves the process.</summary>
/// <param name="input">What the other end sends.</param>
/// <param name="output">What the other end gets.</param>
/// <param name="writes">Called for each write, in whoever writes.</param>
internal sealed class DuplexStream(PipeReader input, PipeWriter output, Action writes) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await input.ReadAsync(cancellationToken);
        var taken = read.Buffer.Slice(0, Math.Min(buffer.Length, read.Buffer.Length));
        System.Buffers.BuffersExtensions.CopyTo(taken, buffer.Span);
        input.AdvanceTo(taken.End);
        return (int)taken.Length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        writes();
        if ((await output.WriteAsync(buffer, cancellationToken)).IsCompleted) throw new IOException("The other end is closed.");
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        output.Complete();
        input.Complete();
        base.Dispose(disposing);
    }
}
