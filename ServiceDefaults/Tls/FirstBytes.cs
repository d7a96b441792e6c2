using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>What a connection begins with: neither end can tell from the other's silence what it speaks.</summary>
internal static class FirstBytes
{
    // The record of a TLS handshake (RFC 8446, 5.1). A silo's or a gateway's plain text begins with a length below 1,025, little-endian in four bytes: its
    // third one is zero, where TLS has a version's second half, and its second one is at most 4.
    private const byte Handshake = 22;
    private const byte Version = 3;

    // Orleans' greeting: a length, and so many bytes.
    private const int LengthBytes = 4;
    private const int LongestGreeting = 1024;

    // What ends a handshake before it began (RFC 8446, 6.2: unexpected_message).
    private static readonly byte[] Alert = [21, Version, 3, 0, 2, 2, 10];

    // As much of HTTP's methods as is as long as a length; the last one begins HTTP/2 (RFC 9113, 3.4).
    private static readonly byte[][] Methods = [.. "GET |HEAD|POST|PUT |PATC|DELE|OPTI|TRAC|CONN|PRI ".Split('|').Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>Looks at them, and leaves them where they are.</summary>
    /// <param name="input">The connection.</param>
    /// <param name="wantsGreeting">Whether a greeting is waited for as a whole: whoever reads it after this waits without a limit.</param>
    /// <param name="limit">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">They did not come in time.</exception>
    public static async ValueTask<FirstBytesKind> ReadAsync(PipeReader input, bool wantsGreeting, CancellationToken limit)
    {
        while (true)
        {
            var read = await input.ReadAsync(limit);
            var bytes = read.Buffer;
            if (Judge(bytes, wantsGreeting) is { } kind)
            {
                input.AdvanceTo(bytes.Start);
                return kind;
            }

            input.AdvanceTo(bytes.Start, bytes.End);
            if (read.IsCompleted || read.IsCanceled) return FirstBytesKind.None;
        }
    }

    /// <summary>
    /// Tells one that uses no TLS that this end does: it takes the alert for a length that is absurd, says so, and hangs up. It is waited for, because one that
    /// is hung up on says that, and not what it was told.
    /// </summary>
    public static async ValueTask AnswerAsync(IDuplexPipe connection, CancellationToken limit)
    {
        try
        {
            await connection.Output.WriteAsync(Alert, limit);
            while (await connection.Input.ReadAsync(limit) is { IsCompleted: false, IsCanceled: false } read) connection.Input.AdvanceTo(read.Buffer.End);
        }
        catch (OperationCanceledException)
        {
            // It does not hang up in time: then this end does.
        }
    }

    private static FirstBytesKind? Judge(ReadOnlySequence<byte> bytes, bool wantsGreeting)
    {
        Span<byte> first = stackalloc byte[LengthBytes];
        first = first[..(int)Math.Min(bytes.Length, LengthBytes)];
        bytes.Slice(0, first.Length).CopyTo(first);
        if (first is [Handshake, Version, not 0, ..]) return FirstBytesKind.Tls;
        if (first.Length < LengthBytes) return null;
        foreach (var method in Methods)
        {
            if (first.SequenceEqual(method)) return FirstBytesKind.Http;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(first);
        if (length is < 1 or > LongestGreeting) return FirstBytesKind.Unknown;
        return !wantsGreeting || bytes.Length >= LengthBytes + length ? FirstBytesKind.Greeting : null;
    }
}
