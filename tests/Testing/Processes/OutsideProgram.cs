using System.Diagnostics;
using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>A program that is none of ours: what a user has at hand. A test that needs it is skipped where it is missing.</summary>
public static class OutsideProgram
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
    public static void SkipUnlessInstalled(string program) => Assert.SkipWhen(Find(program) is null, $"{program} is not installed.");

    /// <summary>The path of the first of some programs that is installed; null when none is.</summary>
    public static string? Find(params IReadOnlyList<string> programs) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => programs.Select(program => Path.Combine(folder, program))).FirstOrDefault(File.Exists);
}
