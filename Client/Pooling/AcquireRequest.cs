namespace OrleansEcho.Client.Pooling;

/// <summary>Somebody who waits for a connection; its place is a node in the queue of those who wait.</summary>
internal sealed class AcquireRequest(LeaseOrigin origin)
{
    private readonly TaskCompletionSource<EchoLease> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LeaseOrigin Origin => origin;

    public Task<EchoLease> Task => _result.Task;

    /// <summary>Its place in the queue; null when it does not wait (any more).</summary>
    public LinkedListNode<AcquireRequest>? Place { get; set; }

    public void Grant(EchoLease lease) => _result.SetResult(lease);

    public void Fail(Exception fault) => _result.SetException(fault);
}
