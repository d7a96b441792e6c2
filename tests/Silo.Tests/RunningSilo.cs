using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using OrleansEcho.Grains;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Silo.Tests;

/// <summary>A silo in this process, as the programs make it from their settings; on ports that are free.</summary>
internal sealed class RunningSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningSilo(IHost host) => _host = host;

    /// <summary>The store that grains with a quota use.</summary>
    public IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>(GrainStorageNames.Quota);

    /// <summary>Starts one.</summary>
    public static async Task<RunningSilo> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Silo:Port"] = $"{FreePorts.Next()}", ["Silo:GatewayPort"] = "0" });
        builder.AddSilo();
        var silo = new RunningSilo(builder.Build());
        try
        {
            await silo._host.StartAsync(TestContext.Current.CancellationToken).WithinAsync("a silo to start");
            return silo;
        }
        catch
        {
            silo._host.Dispose(); // Orleans stops no silo that has not started
            throw;
        }
    }

    /// <summary>Starts one that must not start.</summary>
    /// <returns>The line that a person would read.</returns>
    public static async Task<string> RefusalAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var fault = await Assert.ThrowsAsync<StartupException>(async () => await (await StartAsync(settings)).DisposeAsync());
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Equal(ExitCode.Failure, fault.ExitCode);
        return fault.Message;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None).WaitAsync(Deadline.Generous);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
