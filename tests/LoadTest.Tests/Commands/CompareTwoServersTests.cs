using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Load;

namespace OrleansEcho.LoadTest.Tests.Commands;

// One load at a time: each takes the processors that the other counts on.
[Collection(Alone.Name)]
public sealed class CompareTwoServersTests : IDisposable
{
    private readonly CompareLine _line = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _line.Dispose();

    // Real runs against real sockets: one server takes 150 ms to an echo, which no busy machine adds to half of all others.
    [Fact]
    public async Task SlowerServer_IsWorse()
    {
        await using var fast = new LyingServer(40);
        await using var slow = new LyingServer(40, _ => Lie.Delay, delay: TimeSpan.FromMilliseconds(150));
        _line.Write("mine.yaml", "size: 40\nconnections: 2\nthink: 1ms\nwarmup: 0s\nduration: 300ms\n");
        var (code, text, error) = await _line.RunAsync(
            new LoadEngine(TimeProvider.System),
            $"compare --repeat 4 @/mine.yaml @/mine.yaml --target-a 127.0.0.1:{fast.Port} --target-b 127.0.0.1:{slow.Port} --keep @/k --markdown @/m.md");
        Assert.Equal((1, ""), (code, error));
        Assert.Matches(@"\n  p50 .* worse\n", text);
        Assert.Matches(@"\| p50 \| .* \*\*worse\*\* \|\n", await File.ReadAllTextAsync(_line["m.md"], Stop));
        Assert.Equal(8, Directory.GetFiles(_line["k"]).Length);
        Assert.Equal(slow.Port, (await RunResultFile.ReadAsync(_line["k/b-04.json"], Stop)).Scenario.Targets[0].Port);
    }
}
