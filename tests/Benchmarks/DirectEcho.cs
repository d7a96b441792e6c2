using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.Benchmarks;

/// <summary>
/// An echo straight from Kestrel: one hop, no grain, no framing, tuned as far as Kestrel goes. Start it with
/// <c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1</c>, which saves it a quarter of its CPU at depth 1.
/// </summary>
internal sealed class DirectEcho : ConnectionHandler
{
    /// <summary>What it says when it listens.</summary>
    public const string Ready = "The direct echo listens.";

    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.Backlog = 4096;
            sockets.UnsafePreferInlineScheduling = true;
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseConnectionHandler<DirectEcho>()));
        await using var app = builder.Build();
        await app.StartAsync();
        Console.WriteLine(Ready);
        await app.WaitForShutdownAsync();
    }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync();
                foreach (var segment in read.Buffer) output.Write(segment.Span);
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || (await output.FlushAsync()).IsCompleted) break;
            }
        }
        catch (ConnectionResetException)
        {
            // The load generator cuts connections that way.
        }
    }
}
