namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>What a server does with a message instead of echoing it.</summary>
internal enum Lie
{
    None,
    Drop,
    Double,
    Swap,
    Corrupt,
    Delay,
    Foreign,
    Reset,
    Plain,
}
