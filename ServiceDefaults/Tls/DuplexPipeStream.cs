using System.Buffers;
using System.IO.Pipelines;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>Two pipes as the one stream that TLS wants below it. They stay open when it is disposed of: they belong to the connection.</summary>
internal sealed class DuplexPipeStream(IDuplexPipe pipes) : Stream
{
    private readonly Stream _output = pipes.Output.AsStream(leaveOpen: true);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // Who closes a connection cancels the reading first, and Orleans does so as well when the other end has closed it: then the end is what is read.
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await pipes.Input.ReadAsync(cancellationToken);
        if (read is { IsCanceled: true, IsCompleted: false })
        {
            pipes.Input.AdvanceTo(read.Buffer.Start);
            throw new OperationCanceledException("The connection was closed by this end.");
        }

        var count = (int)Math.Min(read.Buffer.Length, buffer.Length);
        var some = read.Buffer.Slice(0, count);
        some.CopyTo(buffer.Span);
        pipes.Input.AdvanceTo(some.End); // and it is the pipe's again
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer, cancellationToken);

    // Each write has been flushed.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
