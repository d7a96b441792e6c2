using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansEcho.Grains.Interfaces.LoadTests;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.ServiceDefaults.Stores;
using OrleansEcho.ServiceDefaults.Tls;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>A session in a cluster of silos, reached as gateways reach it: with the same settings, and the same certificates.</summary>
internal sealed class OrleansSession : IOpenSession
{
    // Where a silo on this machine listens for gateways, and the key that gateways have for it.
    private const string UsualSilo = "127.0.0.1:30000";
    private const string SilosKey = "Backend:Silos";

    // A silo that starts at the same time needs some seconds.
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(1);

    // A call that has no answer within the two seconds of the contract is asked again.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);

    private readonly ServiceProvider _services;
    private readonly IHostedService[] _parts;
    private readonly string _place;
    private ILoadSessionGrain _grain = null!;

    private OrleansSession(ServiceProvider services, string place) =>
        (_services, _parts, _place) = (services, [.. services.GetServices<IHostedService>()], place);

    /// <summary>Connects to a cluster.</summary>
    /// <exception cref="CannotRunException">The settings are wrong, or the cluster cannot be reached.</exception>
    public static async Task<IOpenSession> OpenAsync(SessionSettings settings, CancellationToken cancellation)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(Flags(settings)).Build();
        var membership = MembershipOptions.Of(configuration);
        var silos = Silos(configuration[SilosKey] ?? UsualSilo);
        var place = membership.IsShared ? $"that {MembershipOptions.Key(nameof(membership.Membership))}={membership.Membership} lists" : $"at {string.Join(", ", silos)}";
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var services = Services(configuration, membership, silos);
            await ValidateAsync(services); // first: what is made of wrong settings has no words for what is wrong with them
            var session = new OrleansSession(services, place);
            try
            {
                await session.StartAsync(settings.Session, cancellation);
                return session;
            }
            catch (SessionUnreachableException fault)
            {
                await session.DisposeAsync();
                if (TimeProvider.System.GetElapsedTime(since) > OpenPatience)
                {
                    throw new CannotRunException(
                        $"{fault.Message} Are they running, and of this cluster (--silo, --cluster-id, or Cluster__… in the environment, as gateways have them)?");
                }
            }
            catch (Exception)
            {
                await session.DisposeAsync();
                throw;
            }

            await Task.Delay(TryEvery, TimeProvider.System, cancellation);
        }
    }

    /// <inheritdoc/>
    public ValueTask<WorkerOrder> WorkAsync(WorkerSign sign) => CallAsync(() => _grain.WorkAsync(sign));

    /// <inheritdoc/>
    public ValueTask<SessionSign> ConductAsync(ConductorSign sign) => CallAsync(() => _grain.ConductAsync(sign));

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(CallTimeout);
        foreach (var part in _parts)
        {
            try
            {
                await part.StopAsync(soon.Token);
            }
            catch (Exception fault) when (fault is OrleansException or OperationCanceledException or TimeoutException or InvalidOperationException)
            {
                // It has not started, or its silo is gone: either way nothing is left to tell it.
            }
        }

        await _services.DisposeAsync();
    }

    private static Dictionary<string, string?> Flags(SessionSettings settings)
    {
        var flags = new Dictionary<string, string?>();
        if (settings.Silos.Count > 0) flags[SilosKey] = string.Join(',', settings.Silos);
        if (settings.ClusterId is { } cluster) flags[$"{ClusterIdentityOptions.Section}:{nameof(ClusterIdentityOptions.ClusterId)}"] = cluster;
        return flags;
    }

    private static IPEndPoint[] Silos(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(silo =>
            PortAddress.TryParse(silo, out var address, out var fault)
                ? address
                : throw new CannotRunException($"--silo: {Shown.Value(silo)} is no silo's address: {fault}.")),
    ];

    private static ServiceProvider Services(IConfiguration configuration, MembershipOptions membership, IPEndPoint[] silos)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance); // faults come as exceptions, and the terminal belongs to the run
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddOptions();
        services.AddMetrics();
        services.AddSingleton<LastFault>();
        services.AddSingleton<IClientConnectionRetryFilter>(provider => provider.GetRequiredService<LastFault>());
        services.AddClusterOptions();
        services.AddClusterTls(CertificateRole.Gateway);
        services.AddOrleansClient(client =>
        {
            client.Services.AddOptions<ClusterOptions>().Configure<IOptions<ClusterIdentityOptions>>((cluster, identity) =>
                (cluster.ClusterId, cluster.ServiceId) = (identity.Value.ClusterId, identity.Value.ServiceId));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = CallTimeout);
            client.Configure<ConnectionOptions>(connection => connection.OpenConnectionTimeout = CallTimeout);
            client.Services.AddOptions<ClientConnectionOptions>().Configure<ClusterTls>((options, tls) => options.ConfigureConnection(tls.ConnectToSilos));
            if (membership.IsRedis)
            {
                client.UseRedisClustering(options => options.ConfigurationOptions = RedisSettings.Parse(membership.ConnectionString));
            }
            else if (membership.IsAdoNet)
            {
                client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", membership.ConnectionString));
            }
            else
            {
                client.UseStaticClustering(silos);
            }
        });
        return services.BuildServiceProvider();
    }

    private static async Task ValidateAsync(ServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException fault)
        {
            await services.DisposeAsync();
            throw new CannotRunException(string.Join(" ", fault.Failures));
        }
    }

    private async Task StartAsync(string session, CancellationToken cancellation)
    {
        try
        {
            foreach (var part in _parts) await part.StartAsync(cancellation);
            _grain = _services.GetRequiredService<IClusterClient>().GetGrain<ILoadSessionGrain>(session);
        }
        catch (ArgumentException)
        {
            throw new CannotRunException($"The silos {_place} know no load sessions: they are older than this load tester. Use the load tester of their version.");
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            throw new SessionUnreachableException($"The silos {_place} cannot be reached: {Words(_services.GetRequiredService<LastFault>().Fault ?? fault)}.", fault);
        }
    }

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException or IOException or InvalidOperationException)
        {
            throw new SessionUnreachableException($"The silos {_place} do not answer: {Words(fault)}.", fault);
        }
        catch (ArgumentException fault)
        {
            throw new CannotRunException(fault.Message);
        }
    }

    // A rejected message carries the other end's stack trace in its text.
    private static string Words(Exception fault) => fault.InnerException is { } inner ? Words(inner) : fault.Message.ReplaceLineEndings(" ").Split("   at ", 2)[0].TrimEnd('.', ' ');

    /// <summary>Remembers why it could not connect: what is thrown in the end says only that. Who tries again makes a new client.</summary>
    private sealed class LastFault : IClientConnectionRetryFilter
    {
        public Exception? Fault { get; private set; }

        public Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            Fault = exception;
            return Task.FromResult(false);
        }
    }
}
