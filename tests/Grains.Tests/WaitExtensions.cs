namespace OrleansEcho.Grains.Tests;

/// <summary>Waiting that says what it waited for.</summary>
internal static class WaitExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits for what a test needs to go on.</summary>
    public static async Task WaitAsync(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Waited {Limit.TotalSeconds} s for {what}.");
        }
    }
}
