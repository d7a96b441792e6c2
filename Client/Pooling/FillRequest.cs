namespace OrleansEcho.Client.Pooling;

/// <summary>Somebody who waits until the pool has its minimum size.</summary>
internal sealed class FillRequest
{
    private readonly TaskCompletionSource _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _result.Task;

    public void Grant() => _result.SetResult();

    public void Fail(Exception fault) => _result.SetException(fault);
}
