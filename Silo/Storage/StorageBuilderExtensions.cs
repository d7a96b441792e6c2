using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using OrleansEcho.Grains;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Storage;

/// <summary>Puts the store of the grains' state into a silo.</summary>
internal static class StorageBuilderExtensions
{
    /// <summary>Adds what has to be there before the silo starts.</summary>
    public static void AddStorage(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        builder.Services.AddSingleton<IValidateOptions<StorageOptions>, SharedStoreValidator>();
        var configured = Configured(builder.Configuration);
        if (configured.Is(StorageOptions.File))
        {
            services.AddSingleton<FileStorageFolder>();
            services.AddHostedService(provider => provider.GetRequiredService<FileStorageFolder>());
        }
        else if (configured.Is(StorageOptions.Redis))
        {
            services.AddHostedService<RedisStorageCheck>();
        }
        else if (configured.Is(StorageOptions.PostgreSql))
        {
            const string key = $"{StorageOptions.Section}:{nameof(StorageOptions.ConnectionString)}";
            services.AddKeyedSingleton(StoreKeys.GrainState, static (provider, _) => new PostgresStore(provider.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString, key));
            services.AddHostedService<PostgresStorageCheck>();
        }
    }

    /// <summary>Lets a silo keep its grains' state where the configuration says.</summary>
    public static void UseStorage(this ISiloBuilder silo)
    {
        var configured = Configured(silo.Configuration);
        if (configured.Is(StorageOptions.File)) AddFile(silo.Services);
        else if (configured.Is(StorageOptions.Redis)) AddRedis(silo.Services);
        else if (configured.Is(StorageOptions.PostgreSql)) AddPostgres(silo.Services);
        else silo.AddMemoryGrainStorage(GrainStorageNames.Quota);
    }

    private static void AddFile(IServiceCollection services) =>
        services.AddGrainStorage(GrainStorageNames.Quota, (provider, _) => ActivatorUtilities.CreateInstance<FileGrainStorage>(provider));

    private static void AddRedis(IServiceCollection services)
    {
        services.AddSingleton<RedisStorageConnection>();
        services.AddRedisGrainStorage(GrainStorageNames.Quota, redis => redis.Configure<IOptions<StorageOptions>, RedisStorageConnection>((options, storage, connection) =>
        {
            options.ConfigurationOptions = RedisSettings.Parse(storage.Value.ConnectionString);
            options.CreateMultiplexer = connection.ConnectAsync;
        }));
    }

    private static void AddPostgres(IServiceCollection services)
    {
        services.AddOptions<AdoNetGrainStorageOptions>(GrainStorageNames.Quota).Configure<IServiceProvider>((options, provider) =>
        {
            options.Invariant = "Npgsql";
            options.DataSource = provider.GetRequiredKeyedService<PostgresStore>(StoreKeys.GrainState).Database;
        });
        services.TryAddEnumerable(ServiceDescriptor.Transient<IPostConfigureOptions<AdoNetGrainStorageOptions>, DefaultStorageProviderSerializerOptionsConfigurator<AdoNetGrainStorageOptions>>());
        services.AddGrainStorage(GrainStorageNames.Quota, (provider, name) => new AnyKeyGrainStorage(AdoNetGrainStorageFactory.Create(provider, name)));
    }

    // Which services there are is decided before the options can be asked for.
    private static StorageOptions Configured(IConfiguration configuration) => configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new();
}
