using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Hosting;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Configuration;
using Spectre.Console;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>What a person sees when a gateway has started: where it listens, where its settings come from, and a line to try.</summary>
internal sealed class StartupBanner(
    ListenerHost host,
    SettingsSources sources,
    IServer management,
    IAnsiConsole console) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("listener", "framing", "address", "longest message");
        foreach (var listener in host.Listeners)
        {
            table.AddRow(new Text(listener.Name), new Text(listener.Protocol), new Text(listener.Address), new Text($"{listener.MaxMessageBytes} B"));
        }

        console.Write(table);
        var output = console.Profile.Out.Writer; // as it is: a line to copy must not be wrapped
        output.WriteLine($"Health and metrics: {ManagementAddress.Of(management)}");
        output.WriteLine($"Settings: {sources}");
        if (host.Listeners.Select(l => l.Example).FirstOrDefault(e => e is not null) is { } example) output.WriteLine($"Try: {example}");
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
