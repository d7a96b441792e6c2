using System.Text;
using BenchmarkDotNet.Attributes;
using OrleansEcho.Benchmarks.Parts;

namespace OrleansEcho.Benchmarks;

// Not sealed: BenchmarkDotNet derives from it.
/// <summary>
/// What a round of a connection costs the gateway between the socket and the backend: from the bytes of messages that have come, through the backend, to the bytes of their
/// echoes; per message. The two pipes, which are the transport's, are in it.
/// </summary>
[MemoryDiagnoser]
[InProcess] // a project generated elsewhere would not find this one, whose assembly is not named as its file
public class PumpBenchmarks
{
    private const int Several = 16;

    private static readonly byte[] Message = Encoding.ASCII.GetBytes(new string('x', 31) + "\n");
    private static readonly byte[] Messages = [.. Enumerable.Repeat(Message, Several).SelectMany(m => m)];

    private PumpedConnection _connection = null!;

    /// <summary>Whether the backend answers before it returns (Standalone, often), or the pump has to wait (a silo elsewhere).</summary>
    [Params(true, false)]
    public bool AtOnce { get; set; }

    /// <summary>Opens the connection.</summary>
    [GlobalSetup]
    public void Setup() => _connection = new PumpedConnection(AtOnce);

    /// <summary>Closes it, and fails when it had ended before.</summary>
    [GlobalCleanup]
    public async Task EndAsync()
    {
        if (await _connection.EndAsync() is var reason and not Grains.Interfaces.Connections.CloseReason.PeerClosed) throw new InvalidOperationException($"The connection ended with {reason}.");
    }

    /// <summary>One message of 31 bytes and its LF.</summary>
    [Benchmark]
    public long One() => _connection.Round(Message);

    /// <summary>Sixteen of them, that have come together.</summary>
    [Benchmark(OperationsPerInvoke = Several)]
    public long Sixteen() => _connection.Round(Messages);
}
