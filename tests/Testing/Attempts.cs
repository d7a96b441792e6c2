using Xunit.Sdk;

namespace OrleansEcho.Testing;

/// <summary>
/// Tries again what a pause of this process or of its machine would spoil, where nothing but a clock can tell right from wrong: what is
/// wrong is wrong each time.
/// </summary>
public static class Attempts
{
    private const int Most = 3;

    /// <summary>Runs a trial until it succeeds, three times at most.</summary>
    public static async Task RunAsync(Func<Task> trial)
    {
        for (var left = Most - 1; left > 0; left--)
        {
            try
            {
                await trial();
                return;
            }
            catch (Exception fault) when (fault is XunitException or TimeoutException)
            {
                Xunit.TestContext.Current.TestOutputHelper?.WriteLine($"Tried again: {fault.Message}");
            }
        }

        await trial();
    }
}
