using BenchmarkDotNet.Attributes;
using OrleansEcho.LoadTest.Tests.Load;

namespace OrleansEcho.Benchmarks;

// Not sealed: BenchmarkDotNet derives from it.
/// <summary>What a message costs the load tester besides the socket: to make it, to compare its echo byte by byte, and to count it.</summary>
[MemoryDiagnoser]
[InProcess] // a project generated elsewhere would not find this one, whose assembly is not named as its file
public class LoadTestBenchmarks : IDisposable
{
    private const int Messages = 1024;

    private Mirror _mirror = null!;

    /// <summary>How messages are told apart.</summary>
    [Params("line", "length-prefixed", "raw")]
    public string Framing { get; set; } = "";

    /// <summary>How many are in flight.</summary>
    [Params(1, 16)]
    public int Depth { get; set; }

    /// <summary>How long each is, in bytes on the wire.</summary>
    [Params(32, 1024)]
    public int Size { get; set; }

    /// <summary>Sends the first.</summary>
    [GlobalSetup]
    public void Setup() => _mirror = new Mirror(Framing, Depth, Size);

    /// <summary>Ends it, and fails when a message did not come back as it was.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _mirror.Dispose();
        GC.SuppressFinalize(this);
        if (_mirror.Counts.Faults > 0) throw new InvalidOperationException($"{_mirror.Counts.Faults} messages were not what they should be.");
    }

    /// <summary>There and back, and the next one sent; per message.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public void Message()
    {
        for (var i = 0; i < Messages; i += Depth) _mirror.Reflect();
    }
}
