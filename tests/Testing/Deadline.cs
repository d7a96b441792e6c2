using Xunit;

namespace OrleansEcho.Testing;

/// <summary>Waits for a signal, and says what it waited for when none comes.</summary>
public static class Deadline
{
    /// <summary>
    /// Far more than anything takes on a busy machine, also the start of a program, which is mostly compiling: a time-out means that it does not come
    /// at all.
    /// </summary>
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(90);

    /// <summary>How long to wait for what comes within a time that the docs promise: three times as long, because a busy machine is late, too.</summary>
    /// <param name="seconds">What is promised.</param>
    public static TimeSpan Promised(double seconds) => TimeSpan.FromSeconds(3 * seconds);

    // How often a state is asked for that nobody signals.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for a task.</summary>
    public static async Task WithinAsync(this Task task, string what, TimeSpan? limit = null)
    {
        try
        {
            await task.WaitAsync(limit ?? Generous, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw Expired(what, limit);
        }
    }

    /// <summary>Waits for a task's result.</summary>
    public static async Task<T> WithinAsync<T>(this Task<T> task, string what, TimeSpan? limit = null)
    {
        await WithinAsync((Task)task, what, limit);
        return await task;
    }

    /// <summary>Asks again and again until the answer is yes: for states that nobody signals.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isReached, string what, TimeSpan? limit = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isReached())
        {
            if (TimeProvider.System.GetElapsedTime(start) > (limit ?? Generous)) throw Expired(what, limit);
            await Task.Delay(PollInterval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static TimeoutException Expired(string what, TimeSpan? limit) => new($"Waited {(limit ?? Generous).TotalSeconds:0.#} s for {what}.");
}
