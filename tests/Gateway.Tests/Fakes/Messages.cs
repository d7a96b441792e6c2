using System.Buffers;
using System.Text;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>Shorthand for messages as text in which one character is one byte.</summary>
internal static class Messages
{
    /// <summary>The messages of a set, with bars between them.</summary>
    public static string Text(this MessageSet set) => string.Join('|', set.Payloads().Select(Encoding.Latin1.GetString));

    public static List<byte[]> Payloads(this MessageSet set)
    {
        var payloads = new List<byte[]>();
        foreach (var payload in set) payloads.Add(payload.ToArray());
        return payloads;
    }

    /// <summary>The messages as they stand on the wire.</summary>
    public static byte[] Frames(this IFrameCodec codec, params IEnumerable<byte[]> payloads)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var payload in payloads) codec.Write(output, payload);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Frames(this IFrameCodec codec, params IEnumerable<string> payloads) => codec.Frames(payloads.Select(Encoding.Latin1.GetBytes));

    /// <summary>A framing by its name.</summary>
    public static IFrameCodec Codec(string name) => Framings.TryGet(name, out var codec) ? codec : throw new ArgumentException(name, nameof(name));
}
