using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Hosting;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Configuration;
using Spectre.Console;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>
/// What a person sees when a gateway has started: where it listens, where its settings come from, and a
/// line to try as soon as it would work.
/// </summary>
internal sealed class GatewayBanner(
    ListenerHost host,
    ReadinessCheck readiness,
    SettingsSources sources,
    IServer management,
    IAnsiConsole console,
    TimeProvider time) : IHostedLifecycleService, IDisposable
{
    // Nobody notices a line that comes this much later, and looking costs next to nothing.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private Task _offer = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("listener", "framing", "address", "longest message");
        foreach (var listener in host.Listeners)
        {
            table.AddRow(new Text(Shown.Text(listener.Name)), new Text(listener.Protocol), new Text(Shown.Text(listener.Address)),
                new Text($"{listener.MaxMessageBytes} B"));
        }

        console.Write(table);
        var output = console.Profile.Out.Writer; // as it is: a line to copy must not be wrapped
        output.WriteLine($"Health and metrics: {ManagementAddress.Of(management)}");
        output.WriteLine($"Settings: {sources}");
        if (host.Listeners.Select(l => l.Example).FirstOrDefault(e => e is not null) is { } example) _offer = OfferAsync(example, output);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _offer;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    // A person copies the line at once: it appears only when an echo would come back.
    private async Task OfferAsync(string example, TextWriter output)
    {
        try
        {
            while (await readiness.FindObstacleAsync(_stop.Token) is not null) await Task.Delay(LookEvery, time, _stop.Token);
            await output.WriteLineAsync($"Try: {Shown.Text(example)}");
        }
        catch (OperationCanceledException)
        {
            // The gateway stops before an echo would have worked.
        }
    }
}
