using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrleansEcho.Client;
using OrleansEcho.Client.Diagnostics;
using OrleansEcho.Client.Pooling;

#pragma warning disable IDE0130 // As a reader's: none of the product's namespaces is around it.
namespace Readers.Own;
#pragma warning restore IDE0130

/// <summary>The example of docs/client.md, a whole Program.cs but for its last line.</summary>
internal static class HostExample
{
    /// <param name="args">As a program's.</param>
    public static WebApplication Build(string[] args)
    {
        // docs/client.md begins
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddEchoClientPool(options => options.Gateways.Add(builder.Configuration["Echo:Gateway"] ?? "127.0.0.1:7001"));
        builder.Services.AddKeyedEchoClientPool("orders").BindConfiguration("Echo:Orders");     // Echo:Orders:Gateways:0 and so on
        builder.Services.AddHealthChecks()
            .Add(EchoClientPoolHealthCheck.Registration())                                      // "echo", of the first pool
            .Add(EchoClientPoolHealthCheck.Registration("echo-orders", key: "orders", tags: ["ready"]));

        var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapGet("/echo", (string text, EchoClientPool pool) => EchoAsync(pool, text));
        app.MapGet("/orders", (string text, [FromKeyedServices("orders")] EchoClientPool pool) => EchoAsync(pool, text));

        static async Task<string> EchoAsync(EchoClientPool pool, string text)
        {
            using var reply = await pool.SendAsync(Encoding.UTF8.GetBytes(text));
            return Encoding.UTF8.GetString(reply.Span);
        }

        // docs/client.md ends
        return app;
    }
}
