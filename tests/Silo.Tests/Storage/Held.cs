using System.Diagnostics.CodeAnalysis;

namespace OrleansEcho.Silo.Tests.Storage;

/// <summary>What an activation of a grain holds of its state.</summary>
public sealed class Held(long count, string note = "") : IGrainState<Grants>
{
    [AllowNull]
    public Grants State
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = new() { Count = count, Note = note };

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}
