using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Storage;

/// <summary>What no single option of a store can tell alone. What it finds never holds a connection string, or a part of one.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    private const string Connection = $"{StorageOptions.Section}:{nameof(StorageOptions.ConnectionString)}";
    private const string Folder = $"{StorageOptions.Section}:{nameof(StorageOptions.Folder)}";
    private const string Schema = $"{StorageOptions.Section}:{nameof(StorageOptions.CreateSchema)}";

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var faults = new List<string>();
        var provider = $"{StorageOptions.Section}:{nameof(StorageOptions.Provider)}={options.Provider}";
        var isMissing = options.ConnectionString.Length is 0;
        if (options.Is(StorageOptions.Redis))
        {
            if (isMissing) faults.Add($"{Connection}: is missing; {provider} needs one, such as localhost:6379.");
            else if (!RedisSettings.TryParse(options.ConnectionString, out _)) faults.Add(RedisSettings.Unreadable(Connection, options.ConnectionString));
        }
        else if (options.Is(StorageOptions.PostgreSql))
        {
            if (isMissing) faults.Add($"{Connection}: is missing; {provider} needs one, such as {PostgresSettings.Example}.");
            else if (!PostgresSettings.TryParse(options.ConnectionString, out _)) faults.Add(PostgresSettings.Unreadable(Connection, options.ConnectionString));
        }
        else if (!isMissing)
        {
            // A silo that forgets although somebody gave it a store is worse than one that does not start.
            faults.Add($"{Connection}: is set, and {provider} uses none; set {StorageOptions.Section}:{nameof(StorageOptions.Provider)} to {StorageOptions.Redis} or {StorageOptions.PostgreSql}, or leave it out.");
        }

        if (options.Is(StorageOptions.File) && options.Folder.Length is 0) faults.Add($"{Folder}: is missing; {provider} needs one, such as /var/lib/orleansecho.");
        if (!options.Is(StorageOptions.File) && options.Folder.Length > 0) faults.Add($"{Folder}: {Shown.Value(options.Folder)} is set, and {provider} uses none; set {StorageOptions.Section}:{nameof(StorageOptions.Provider)} to {StorageOptions.File}, or leave it out.");
        if (!options.Is(StorageOptions.PostgreSql) && options.CreateSchema) faults.Add($"{Schema}: true, and {provider} has no tables; set {StorageOptions.Section}:{nameof(StorageOptions.Provider)} to {StorageOptions.PostgreSql}, or leave it out.");
        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
