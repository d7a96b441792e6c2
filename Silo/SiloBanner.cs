using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.Silo.Quota;
using OrleansEcho.Silo.Storage;
using Spectre.Console;

namespace OrleansEcho.Silo;

/// <summary>What a person sees when a silo has started.</summary>
internal sealed class SiloBanner(
    SiloPorts ports,
    IOptions<ClusterIdentityOptions> identity,
    IOptions<MembershipOptions> membership,
    IOptions<ClusterTlsOptions> tls,
    IOptions<StorageOptions> storage,
    IOptions<QuotaLimitOptions> quota,
    IServer management,
    SettingsSources sources,
    IAnsiConsole console) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("silo", "address");
        table.AddRow(new Text("gateways connect to"), new Text(ports.Gateway?.ToString() ?? "(none)"));
        table.AddRow(new Text("cluster, service"), new Text(Shown.Text($"{identity.Value.ClusterId}, {identity.Value.ServiceId}")));
        table.AddRow(new Text("list of silos"), new Text(membership.Value switch
        {
            { IsRedis: true } => "Redis",
            { IsAdoNet: true } => "PostgreSQL",
            _ => "in memory: this one alone",
        }));
        table.AddRow(new Text("silos and gateways use"), new Text(tls.Value.IsOn ? "TLS, with a certificate at both ends" : "plain text"));
        table.AddRow(new Text("grains' state"),
            new Text(storage.Value.Is(StorageOptions.Memory) ? "in memory: lost with the silo" : storage.Value.Provider));
        table.AddRow(
            new Text("connections at most"), new Text(quota.Value.Limit is { } limit ? $"{limit}, over all gateways" : "no limit"));
        console.Write(table);
        var output = console.Profile.Out.Writer; // as it is: a line to copy must not be wrapped
        output.WriteLine($"Health and metrics: {ManagementAddress.Of(management)}");
        output.WriteLine($"Settings: {sources}");
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
