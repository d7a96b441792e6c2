using System.Buffers;
using System.IO.Pipelines;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>What a connection begins with: neither end can tell from the other's silence that one of them uses TLS and the other does not.</summary>
internal static class FirstBytes
{
    // The record of a TLS handshake (RFC 8446, 5.1). A silo's or a gateway's plain text begins with a length below 1,025, little-endian in four bytes: its
    // third one is zero, where TLS has a version's second half, and its second one is at most 4.
    private const byte Handshake = 22;
    private const byte Version = 3;

    // What ends a handshake before it began (RFC 8446, 6.2: unexpected_message).
    private static readonly byte[] Alert = [21, Version, 3, 0, 2, 2, 10];

    /// <summary>Looks at them, and leaves them where they are.</summary>
    /// <returns>Whether they are of TLS; null when the connection ended before they came.</returns>
    /// <exception cref="OperationCanceledException">They did not come in time.</exception>
    public static async ValueTask<bool?> AreTlsAsync(PipeReader input, CancellationToken limit)
    {
        while (true)
        {
            var read = await input.ReadAsync(limit);
            var bytes = read.Buffer;
            if (bytes.Length >= 3)
            {
                var isTls = IsTls(bytes.Slice(0, 3).ToArray());
                input.AdvanceTo(bytes.Start);
                return isTls;
            }

            input.AdvanceTo(bytes.Start, bytes.End);
            if (read.IsCompleted || read.IsCanceled) return null;
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

    private static bool IsTls(ReadOnlySpan<byte> bytes) => bytes is [Handshake, Version, not 0, ..];
}
