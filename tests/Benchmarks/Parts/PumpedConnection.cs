using System.Buffers;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Benchmarks.Parts;

/// <summary>A connection without a socket, and its pump: all that a round brings about has happened on this thread when it returns.</summary>
internal sealed class PumpedConnection : IDuplexPipe
{
    private static readonly GatewayMetrics.ListenerMetrics Metrics =
        new GatewayMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()).ForListener("benchmark", "tcp", "line");

    private static readonly ConnectionLimits Limits = new() { MaxMessageBytes = 64 * 1024, MaxBytesInFlight = 64 * 1024, IdleTimeout = TimeSpan.FromMinutes(5), SendTimeout = TimeSpan.FromSeconds(30) };

    private readonly Pipe _toGateway = NewPipe();
    private readonly Pipe _toPeer = NewPipe();
    private readonly ScriptedBackend _backend;
    private readonly Task<CloseReason> _run;

    public PumpedConnection(bool answersAtOnce)
    {
        _backend = new(answersAtOnce);
        var pump = new ConnectionPump(this, () => 0, () => Task.CompletedTask, Framings.Line, _backend, FakeQuota.Admitted(TimeProvider.System), Limits, Metrics, new CoarseClock(TimeProvider.System), TimeProvider.System, new BufferBudget(long.MaxValue));
        _run = pump.RunAsync(CancellationToken.None);
    }

    public PipeReader Input => _toGateway.Reader;

    public PipeWriter Output => _toPeer.Writer;

    /// <summary>Sends bytes, has them answered, and takes the echo.</summary>
    /// <returns>How many bytes came back.</returns>
    public long Round(ReadOnlySpan<byte> bytes)
    {
        _toGateway.Writer.Write(bytes);
        Done(_toGateway.Writer.FlushAsync());
        _backend.Give();
        if (!_toPeer.Reader.TryRead(out var read)) throw new InvalidOperationException("No echo has come.");
        var length = read.Buffer.Length;
        _toPeer.Reader.AdvanceTo(read.Buffer.End);
        return length;
    }

    /// <summary>The peer goes.</summary>
    public Task<CloseReason> EndAsync()
    {
        _toGateway.Writer.Complete();
        return _run;
    }

    private static void Done(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompletedSuccessfully) throw new InvalidOperationException("The pump does not read.");
    }

    private static Pipe NewPipe() => new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
}
