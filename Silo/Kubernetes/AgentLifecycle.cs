namespace OrleansEcho.Silo.Kubernetes;

/// <summary>Takes the start and the stop of the package's agent out of the silo's: there a Kubernetes that does not answer would hold up the silo, and then end it.</summary>
internal sealed class AgentLifecycle : ISiloLifecycle
{
    private ILifecycleObserver? _agent;

    public int HighestCompletedStage => ServiceLifecycleStage.Active;

    public int LowestStoppedStage => ServiceLifecycleStage.Last;

    /// <summary>The agent.</summary>
    public ILifecycleObserver Agent => _agent ?? throw new InvalidOperationException("The agent has not subscribed.");

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        _agent = observer;
        return new Nothing();
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
