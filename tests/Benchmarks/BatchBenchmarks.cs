using System.Buffers;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Benchmarks;

// Not sealed: BenchmarkDotNet derives from it.
/// <summary>What it costs to put the sets of many connections on the wire between gateway and silo, and to take them off it; per batch.</summary>
[MemoryDiagnoser]
[InProcess] // a project generated elsewhere would not find this one, whose assembly is not named as its file
public class BatchBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private Serializer<SetBatch> _serializer = null!;
    private SetBatch _batch = null!;
    private byte[] _written = null!;

    /// <summary>How many connections' sets travel together, each of one message of 32 bytes.</summary>
    [Params(1, 16, 256)]
    public int Sets { get; set; }

    /// <summary>Makes the batch.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<SetBatch>>();
        _batch = new SetBatch([.. Enumerable.Range(1, Sets).Select(i => BatchedSet.Of(i, new(sequence: 1000, new byte[32], lengths: null)))]);
        Write();
        _written = _output.WrittenSpan.ToArray();
    }

    /// <summary>To the wire.</summary>
    [Benchmark]
    public int Write()
    {
        _output.ResetWrittenCount();
        _serializer.Serialize(_batch, _output);
        return _output.WrittenCount;
    }

    /// <summary>Off the wire.</summary>
    [Benchmark]
    public SetBatch Read() => _serializer.Deserialize(_written)!;
}
