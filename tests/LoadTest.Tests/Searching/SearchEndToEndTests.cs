using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Searching;

namespace OrleansEcho.LoadTest.Tests.Searching;

public sealed class SearchEndToEndTests
{
    // Up to this many a second are echoes at once, with room for a machine that is busy; more are late by far more than the objective.
    private const int Limit = 1500;

    // What may come at once when this process was late by half a second to read.
    private const int Burst = 400;

    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1.5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FindsWhereAServerBecomesSlow()
    {
        var folder = Directory.CreateTempSubdirectory("echo-search-");
        try
        {
            await using var server = new LoopbackListener(IPAddress.Loopback, ServeAsync);
            var json = Path.Combine(folder.FullName, "s.json");
            var (output, error) = (new StringWriter(), new StringWriter());
            await new LoadProgram(new SearchCommand(new LoadEngine(TimeProvider.System), new RunThresholds(), TimeProvider.System))
                .RunAsync(
                ["search", "--target", $"raw={server.Address}", "--connections", "1", "--slo", "p99 < 1s", "--from", "800", "--to", "6400",
                    "--precision", "100%", "--confirm", "1", "--step", "600ms", "--warmup", "100ms", "--drain", "2s", "--json", json],
                new LoadConsole(output, error, Stop));

            Assert.Equal("", error.ToString());
            var search = JsonSerializer.Deserialize(await File.ReadAllTextAsync(json, Stop), SearchResultJson.Default.SearchResult)!;
            // A machine that is busy makes no run good that is not. Only one that stands still for a second
            // makes one bad, and each is run once more.
            Assert.All(search.Probes, p => Assert.False(p is { Value: > 2 * Limit, Outcome: ProbeOutcome.Held }, output.ToString()));
            Assert.True(search.Value is >= 800 and <= 2 * Limit, output.ToString());
            Assert.True(search.Verdict is SearchVerdict.Found or SearchVerdict.LoadTesterEnds, output.ToString());
            Assert.Contains(search.Summary, output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A connection on which more has come than the limit allows since the first message stands still for a while, once.
    private static async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            var (buffer, received, isLate, began) = (new byte[64 * 1024], 0L, false, 0L);
            try
            {
                while (await socket.ReceiveAsync(buffer, SocketFlags.None, Stop) is > 0 and var count)
                {
                    if (received is 0) began = TimeProvider.System.GetTimestamp();
                    received += count;
                    var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
                    if (!isLate && received / 32 > Burst + (Limit * seconds))
                    {
                        isLate = true;
                        await Task.Delay(Late, TimeProvider.System, Stop);
                    }

                    for (var sent = 0; sent < count;)
                    {
                        sent += await socket.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None, Stop);
                    }
                }
            }
            catch (SocketException)
            {
                // The client has gone.
            }
        }
    }
}
