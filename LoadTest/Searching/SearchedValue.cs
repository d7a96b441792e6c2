namespace OrleansEcho.LoadTest.Searching;

/// <summary>What a search looks for the limit of.</summary>
public enum SearchedValue
{
    /// <summary>Messages a second of all connections together (open loop).</summary>
    Rate,

    /// <summary>Connections of all targets together.</summary>
    Connections,
}
