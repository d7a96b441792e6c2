using System.Diagnostics;
using System.Text.RegularExpressions;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.LoadTest.Tests.Reports;

/// <summary>A Chromium of the machine's, without a window.</summary>
internal static partial class Browser
{
    private static readonly string[] Names =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell"];

    /// <summary>The first there is; null where there is none.</summary>
    public static string? Find() => OutsideProgram.Find(Names);

    /// <summary>Opens a page.</summary>
    /// <returns>What became of it, and what the page's console has.</returns>
    public static async Task<(string Dom, string Console)> OpenAsync(string browser, string page, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(browser)
        {
            ArgumentList =
            {
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-logging=stderr",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--dump-dom",
                new Uri(page).AbsoluteUri,
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (dom, log) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return (await dom, Console(await log));
    }

    /// <summary>What a page has said, of all that the browser logs. What was said may have several lines.</summary>
    internal static string Console(string log) => string.Concat(Entry().Split(log).Where(entry => IsOfAPage().IsMatch(entry))).TrimEnd();

    [GeneratedRegex(@"^(?=\[[^\]\n]*\])", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^\[[^\]\n]*CONSOLE")]
    private static partial Regex IsOfAPage();
}
