namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>Awaits a signal, and says what it waited for when the signal does not come.</summary>
internal static class Waiting
{
    // Far above what a busy machine needs, so that only a lost signal meets it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s for {what}.");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await Within((Task)task, what);
        return await task;
    }
}
