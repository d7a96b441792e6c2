using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Nodes;

/// <summary>A program that is started again whenever it ends, as a service manager does: a silo that was declared dead ends itself.</summary>
internal sealed class SupervisedNode(string name, Node node, Action<string> say)
{
    // A service manager's pause, so that a program that cannot start does not keep a core busy.
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(0.3);

    // Longer than any test.
    private static readonly TimeSpan NoLimit = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private TaskCompletionSource _mayRun = Released();
    private Task _running = Task.CompletedTask;
    private bool _ends;
    private bool _wasKilled;

    public string Name => name;

    public Node Node => node;

    /// <summary>Starts it for the first time; from now on it is started again.</summary>
    public void Start()
    {
        node.Launch();
        using (ExecutionContext.SuppressFlow()) _running = Task.Run(SuperviseAsync); // outlives the test, or the fixture, that starts it
    }

    /// <summary>Ends it as a crash does; it stays down until <see cref="Release"/>.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            _mayRun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _wasKilled = true;
        }

        node.Process.Send(Signal.Kill);
    }

    /// <summary>Lets it run again.</summary>
    public void Release()
    {
        lock (_lock) _mayRun.TrySetResult();
    }

    /// <summary>Ends it for good.</summary>
    public async Task StopAsync()
    {
        _ends = true;
        Release();
        if (_running.IsCompleted) return;
        try
        {
            node.Process.Send(Signal.Kill);
        }
        catch (InvalidOperationException)
        {
            // It has just ended by itself.
        }

        await _running;
    }

    private async Task SuperviseAsync()
    {
        while (true)
        {
            var code = await node.Process.WaitForExitAsync(NoLimit);
            if (_ends) return;
            if (!_wasKilled) say($"{name} has ended by itself, with exit code {code}");
            _wasKilled = false;
            Task mayRun;
            lock (_lock) mayRun = _mayRun.Task;
            await mayRun;
            await Task.Delay(RestartDelay, TimeProvider.System, CancellationToken.None);
            if (_ends) return;
            node.Launch();
        }
    }

    private static TaskCompletionSource Released()
    {
        var released = new TaskCompletionSource();
        released.SetResult();
        return released;
    }
}
