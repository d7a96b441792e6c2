using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.Silo.Storage;

/// <summary>Where grains keep what must outlive them: section <c>Storage</c>.</summary>
internal sealed class StorageOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Storage";

    public const string Memory = "memory";
    public const string File = "file";
    public const string Redis = "redis";
    public const string PostgreSql = "postgresql";

    /// <summary>What keeps the state. Memory by default: a first start needs nothing installed, and forgets.</summary>
    [Description("What keeps the grains' state: memory (lost with the silo), file (a folder, for one silo), redis or postgresql (for several).")]
    [AllowedValues(Memory, File, Redis, PostgreSql)]
    public string Provider { get; set; } = Memory;

    /// <summary>How to reach the store; none by default, because no address is right for all. It may hold a password: it is never shown.</summary>
    [Description("How to reach the store: for redis as StackExchange.Redis writes it (localhost:6379,password=...), for postgresql as Npgsql does (Host=localhost;Username=...). Never shown: it may hold a password.")]
    [PasswordPropertyText(true)]
    public string ConnectionString { get; set; } = "";

    /// <summary>The folder of the provider <c>file</c>; none by default, so that nobody's state lies where a program happened to be started.</summary>
    [Description("The folder of the provider file, made when it is missing; one silo at a time.")]
    public string Folder { get; set; } = "";

    /// <summary>Whether to make the tables. Not by default: the user of a service need not be one that may.</summary>
    [Description("Whether the silo makes the tables of the provider postgresql that are missing, when it starts.")]
    public bool CreateSchema { get; set; }

    /// <summary>Whether a provider was chosen; its case does not matter.</summary>
    internal bool Is(string provider) => Provider.Equals(provider, StringComparison.OrdinalIgnoreCase);
}
