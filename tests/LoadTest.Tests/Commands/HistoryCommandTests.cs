using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Commands;

public sealed class HistoryCommandTests : IDisposable
{
    private readonly CompareLine _line = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task KeptRuns_AreARowEach_InOrderOfTime()
    {
        Assert.Equal(0, (await _line.RunAsync(new FakeRunner(), "compare --repeat 2 open closed --keep @/k")).ExitCode);
        _line.Write("k/other.json", "{}");
        var (code, text, error) = await _line.RunAsync(new FakeRunner(), "history @/k --html @/trend.html");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(["closed", "open"], text.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]));
        Assert.Equal(["09:28", "09:29", "09:27", "09:30"], text.Split('\n').Where(l => l.StartsWith("| 2026", StringComparison.Ordinal)).Select(l => l.Substring(13, 5)));
        Assert.Contains("Left out: @/k/other.json: is no result of a load test", text.Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("<h2>open</h2>", await File.ReadAllTextAsync(_line["trend.html"], Stop), StringComparison.Ordinal);

        var named = await _line.RunAsync(new FakeRunner(), "history @/k --name open");
        Assert.DoesNotContain("## closed", named.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("history @/missing", 3, "@/missing: cannot be read (there is none); give a folder of files that --json has written.")]
    [InlineData("history", 2, "Required argument missing for command: 'history'; see history --help.")]
    [InlineData("history @ --html @", 3, "@: cannot be written (there is a folder of that name); choose another place, or make room and give permission there.")]
    public async Task WhatCannotBeDone_IsToldInALine(string args, int code, string error)
    {
        await RunResultFile.WriteAsync(SampleRuns.Small(), _line["run.json"], Stop);
        var told = await _line.RunAsync(new FakeRunner(), args);
        Assert.Equal((code, error + "\n"), (told.ExitCode, told.Error));
    }
}
