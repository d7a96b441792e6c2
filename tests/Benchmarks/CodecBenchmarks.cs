using System.Buffers;
using BenchmarkDotNet.Attributes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Benchmarks;

// Not sealed: BenchmarkDotNet derives from it.
/// <summary>What a framing costs a message: to find its end, and to write it.</summary>
[MemoryDiagnoser]
[InProcess] // a project generated elsewhere would not find this one, whose assembly is not named as its file
public class CodecBenchmarks
{
    private const int Messages = 64;

    private readonly ArrayBufferWriter<byte> _output = new(128 * 1024);
    private IFrameCodec _codec = null!;
    private byte[] _payload = null!;
    private ReadOnlySequence<byte> _input;

    /// <summary>How messages are told apart.</summary>
    [Params("line", "length-prefixed", "raw")]
    public string Framing { get; set; } = "";

    /// <summary>How long each payload is, in bytes.</summary>
    [Params(32, 1024)]
    public int Size { get; set; }

    /// <summary>Makes the input: messages that have arrived together.</summary>
    [GlobalSetup]
    public void Setup()
    {
        if (!Framings.TryGet(Framing, out var codec)) throw new InvalidOperationException($"There is no framing {Framing}.");
        _codec = codec;
        _payload = new byte[Size];
        Write();
        _input = new ReadOnlySequence<byte>(_output.WrittenSpan.ToArray());
    }

    /// <summary>Bytes to payloads; per message.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long Read()
    {
        var reader = new SequenceReader<byte>(_input);
        for (var i = 0; i < Messages; i++)
        {
            var scanned = 0;
            if (_codec.TryRead(ref reader, Size, ref scanned, out _) is not FrameStatus.Complete) throw new InvalidOperationException("A message is not there whole.");
        }

        return reader.Consumed;
    }

    /// <summary>Payloads to bytes; per message.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public int Write()
    {
        _output.ResetWrittenCount();
        for (var i = 0; i < Messages; i++) _codec.Write(_output, _payload);
        return _output.WrittenCount;
    }
}
