using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Benchmarks;

// Not sealed: BenchmarkDotNet derives from it.
/// <summary>
/// What a set costs in the gateway besides the call: taking it out of the pipe, writing it, and putting it on the wire to the silo.
/// </summary>
[MemoryDiagnoser]
[InProcess] // a project generated elsewhere would not find this one, whose assembly is not named as its file
public class SetBenchmarks
{
    private static readonly ConnectionLimits Limits = new() { MaxMessageBytes = 64 * 1024, MaxBytesInFlight = 64 * 1024 };
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private ReadOnlySequence<byte> _input;
    private MessageSet _set = null!;
    private Serializer<MessageSet> _serializer = null!;

    /// <summary>Messages of 31 bytes and their LF that have arrived together.</summary>
    [Params(1, 16, 256)]
    public int Messages { get; set; }

    /// <summary>Makes the input.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _input = new ReadOnlySequence<byte>(
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 31) + "\n", Messages))));
        _set = Take();
        _serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<MessageSet>>();
    }

    /// <summary>From the pipe to a set.</summary>
    [Benchmark]
    public MessageSet Take()
    {
        var (input, scanned) = (_input, 0);
        SetReader.Take(Framings.Line, ref input, Limits, ref scanned, 1, ArrayPool<byte>.Shared, isEnd: false, out var set);
        return set!;
    }

    /// <summary>From a set to the pipe.</summary>
    [Benchmark]
    public int Write()
    {
        _output.ResetWrittenCount();
        foreach (var payload in _set) Framings.Line.Write(_output, payload);
        return _output.WrittenCount;
    }

    /// <summary>To the silo: serialized and read back.</summary>
    [Benchmark]
    public MessageSet Serialize()
    {
        _output.ResetWrittenCount();
        _serializer.Serialize(_set, _output);
        return _serializer.Deserialize(_output.WrittenSpan)!;
    }
}
