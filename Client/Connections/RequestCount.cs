namespace OrleansEcho.Client.Connections;

/// <summary>The requests that one gateway owes echoes for, on all connections to it.</summary>
internal sealed class RequestCount
{
    private int _value;

    public int Value => Volatile.Read(ref _value);

    public void Add(int requests) => Interlocked.Add(ref _value, requests);
}
