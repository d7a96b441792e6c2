using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Tests;

/// <summary>A <see cref="SampleProgram"/> that runs inside the test.</summary>
internal sealed class ProgramRun : IAsyncDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly LogCollector _log = new();
    private readonly TaskCompletionSource<WebApplicationParts> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<int> _exitCode;

    private ProgramRun(string[] args, Action<IServiceCollection>? configure) =>
        _exitCode = EchoProgram.RunAsync(args, SampleProgram.Description(), builder => Configure(builder, configure), _output, _error);

    public string Output => _output.ToString();

    public IReadOnlyList<string> ErrorLines => _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyCollection<LogLine> Log => _log.Lines;

    /// <summary>Starts it; give <c>--management 127.0.0.1:0</c> where the port does not matter.</summary>
    public static ProgramRun Start(string[] args, Action<IServiceCollection>? configure = null) => new(args, configure);

    /// <summary>Its exit code, once it has ended by itself.</summary>
    public Task<int> EndAsync() => _exitCode.WithinAsync("the program to end");

    /// <summary>Where its management endpoint is, once it has started.</summary>
    public async Task<Uri> StartedAsync() => (await _started.Task.WithinAsync("the program to start")).Address;

    public async ValueTask DisposeAsync()
    {
        if (_started.Task.IsCompletedSuccessfully) (await _started.Task).Lifetime.StopApplication();
        await EndAsync();
        _log.Dispose();
    }

    private void Configure(WebApplicationBuilder builder, Action<IServiceCollection>? configure)
    {
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.Services.AddOptions<SampleOptions>().BindConfiguration(SampleOptions.Section).ValidateOnStart();
        configure?.Invoke(builder.Services);
        builder.Services.AddHostedService(services => new StartReporter(_started, services));
    }

    private sealed record WebApplicationParts(Uri Address, IHostApplicationLifetime Lifetime);

    private sealed class StartReporter(TaskCompletionSource<WebApplicationParts> started, IServiceProvider services)
        : IHostedLifecycleService
    {
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            var address = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            started.SetResult(new(new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)
                .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)), services.GetRequiredService<IHostApplicationLifetime>()));
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
