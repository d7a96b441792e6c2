using System.Diagnostics;

namespace OrleansEcho.Cluster.Tests;

/// <summary>A program that is none of ours: what a user has at hand. A test that needs it is skipped where it is missing.</summary>
internal static class OutsideProgram
{
    /// <summary>Runs a shell command.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string needed, string command)
    {
        SkipUnlessInstalled(needed);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("sh did not start.");
        try
        {
            var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WithinAsync($"'{command}' to end");
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, shell.ExitCode);
            return output;
        }
        finally
        {
            if (!shell.HasExited) shell.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Skips the test, by the program's name, where it is missing.</summary>
    public static void SkipUnlessInstalled(string program) => Assert.SkipUnless(Exists(program), $"{program} is not installed.");

    private static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
