using System.IO.Pipelines;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Connections;

/// <summary>The last words to a peer that we refuse or close.</summary>
internal static class Farewell
{
    /// <summary>
    /// Says why, where the framing has words for it, and goes on reading for a while: a socket that is closed with unread bytes in it
    /// sends a reset, which may overtake the words (RFC 1122, 4.2.2.13).
    /// </summary>
    /// <param name="transport">The connection.</param>
    /// <param name="codec">The framing.</param>
    /// <param name="reason">One word out of the closed list of reasons.</param>
    /// <param name="text">One sentence for a person.</param>
    /// <param name="linger">
    /// How long to wait for the peer's FIN; zero when it has come: then the words go out as the output is completed.
    /// </param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task SayAsync(
        IDuplexPipe transport,
        IFrameCodec codec,
        string reason,
        string text,
        TimeSpan linger,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        try
        {
            var hasWords = codec.TryWriteRefusal(transport.Output, reason, text);
            if (linger == TimeSpan.Zero) return; // a flush would wait, without limit, for a peer that does not read
            using var deadline = new CancellationTokenSource(linger, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            if (hasWords) await transport.Output.FlushAsync(stop.Token);
            await DiscardAsync(transport.Input, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The peer had its time.
        }
        catch (IOException)
        {
            // The peer is gone: there is nobody to tell (a reset is an IOException, too).
        }
        catch (OutOfMemoryException)
        {
            // Not even for that. It ends all the same.
        }
    }

    private static async Task DiscardAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}
