using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Tests.Readme;

/// <summary>README's example: what stands between the markers is there, letter for letter.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync(string gateway, TextWriter output)
    {
        // README begins
        var services = new ServiceCollection();
        services.AddEchoClientPool(options => options.Gateways.Add(gateway));   // such as "127.0.0.1:7001", as often as you have gateways
        await using var provider = services.BuildServiceProvider();
        var pool = provider.GetRequiredService<EchoClientPool>();

        using (var reply = await pool.SendAsync("hello"u8.ToArray()))           // a connection for one message
        {
            output.WriteLine(Encoding.UTF8.GetString(reply.Span));
        }

        await using (var lease = await pool.AcquireAsync())                     // or for several, all under way at once
        {
            var requests = Enumerable.Range(1, 3).Select(i => lease.SendAsync(Encoding.UTF8.GetBytes($"message {i}")).AsTask()).ToArray();
            foreach (var request in requests)
            {
                using var reply = await request;
                output.WriteLine(Encoding.UTF8.GetString(reply.Span));
            }
        }

        try
        {
            await pool.SendAsync(new byte[60_000]);
        }
        catch (EchoReasonException refusal) when (refusal.Reason is EchoReason.FrameTooLong)
        {
            output.WriteLine(refusal.Text);                                     // the gateway's own words
        }

        // README ends
    }
}
