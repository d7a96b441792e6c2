using System.Text;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Tests.Readme;

/// <summary>README's example, a whole Program.cs: the using directives above and what stands between the markers are there, letter for letter.</summary>
internal static class ReadmeExample
{
    /// <param name="args">As a program's.</param>
    /// <param name="Console">In the place of the class of that name.</param>
    public static async Task RunAsync(string[] args, TextWriter Console)
    {
        // README begins
        var gateway = args is [var given] ? given : "127.0.0.1:7001";           // a listener of the framing length-prefixed
        await using var pool = new EchoClientPool(new EchoClientPoolOptions { Gateways = { gateway } });

        using (var reply = await pool.SendAsync("hello"u8.ToArray()))           // a connection for one message
        {
            Console.WriteLine(Encoding.UTF8.GetString(reply.Span));
        }

        await using (var lease = await pool.AcquireAsync())                     // or for several, all under way at once
        {
            var requests = Enumerable.Range(1, 3).Select(i => lease.SendAsync(Encoding.UTF8.GetBytes($"message {i}")).AsTask()).ToArray();
            foreach (var request in requests)
            {
                using var reply = await request;
                Console.WriteLine(Encoding.UTF8.GetString(reply.Span));
            }
        }

        try
        {
            using var reply = await pool.SendAsync(new byte[64 * 1024], TimeSpan.FromSeconds(2)); // with a time-out of its own
        }
        catch (EchoReasonException refusal) when (refusal.Reason is EchoReason.FrameTooLong)
        {
            Console.WriteLine(refusal.Text);                                    // its own words, where it takes less than 64 KiB, its default
        }

        // README ends
    }
}
