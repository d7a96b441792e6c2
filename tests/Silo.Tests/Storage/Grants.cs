namespace OrleansEcho.Silo.Tests.Storage;

/// <summary>A state as a grain might keep it.</summary>
public sealed class Grants
{
    public long Count { get; set; }

    public string Note { get; set; } = "";
}
