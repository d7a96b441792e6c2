using System.Diagnostics;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.LoadTest.Tests.Reports;

/// <summary>A Chromium of the machine's, without a window.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell"];

    /// <summary>The first there is; null where there is none.</summary>
    public static string? Find() => OutsideProgram.Find(Names);

    /// <summary>Opens a page.</summary>
    /// <returns>What became of it, and what the page's console has.</returns>
    public static async Task<(string Dom, string Console)> OpenAsync(string browser, string page, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(browser)
        {
            ArgumentList = { "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", new Uri(page).AbsoluteUri },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (dom, log) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        var console = (await log).Split('\n').Where(line => line.Contains("CONSOLE", StringComparison.Ordinal));
        return (await dom, string.Join('\n', console));
    }
}
