using System.Net.Sockets;
using System.Text;
using CsCheck;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Sockets;

public sealed class SocketEchoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryByteComesBack_HoweverItIsCut(bool isUnix)
    {
        await using var rig =
            await SocketRig.ListenAsync(isUnix ? new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "s")) : null);
        var sizes = Gen.OneOf(Gen.Int[1, 100], Gen.Int[1, 200_000]).Array[1, 12];
        await Gen.Select(sizes, Gen.Int).SampleAsync(
            async (pieces, seed) =>
            {
                var bytes = new byte[pieces.Sum()];
                new Random(seed).NextBytes(bytes);
                var (connection, peer) = await rig.ConnectAsync();
                using var _ = peer;
                var echo = SocketRig.EchoAsync(connection);
                var receiving = peer.ReceiveAllAsync();
                var at = 0;
                foreach (var piece in pieces) await peer.SendAsync(bytes.AsMemory((at += piece) - piece, piece));
                peer.Finish();
                var received = await receiving;
                await echo.WithinAsync("the echo's end");
                Assert.Equal(Encoding.Latin1.GetString(bytes), received);
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public async Task ConnectionsThatComeAndGoDisturbNobody_AndLeaveNothing()
    {
        const int Guests = 3000;
        const int AtATime = 16;
        var before = 0;
        await using (var rig = await SocketRig.ListenAsync(severalThreads: true))
        {
            before = SocketRig.CountSockets();
            var accepting = Task.Run(
                async () =>
                {
                    var echoes = new List<Task>();
                    while (await rig.Listener.AcceptAsync(Stop) is { } connection) echoes.Add(SocketRig.EchoAsync(connection));
                    await Task.WhenAll(echoes);
                },
                Stop);
            using var over = new CancellationTokenSource();
            var residents = Enumerable.Range(0, 16).Select(i => ResideAsync(rig, i, over.Token)).ToArray();
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, AtATime).Select(worker => Task.Run(async () =>
            {
                var random = new Random(worker);
                while (Interlocked.Increment(ref next) is var guest && guest <= Guests) await VisitAsync(rig, guest, random);
            }))).WithinAsync("the guests", TimeSpan.FromSeconds(120));
            await over.CancelAsync();
            await Task.WhenAll(residents).WithinAsync("the residents");
            await rig.Listener.UnbindAsync(Stop);
            await accepting.WithinAsync("the end of all echoes");
        }

        // Other tests' sockets come and go at the same time; what is lost would be thousands.
        await Deadline.UntilAsync(() => Task.FromResult(SocketRig.CountSockets() < before + 500), "the descriptors to be given back");
    }

    /// <summary>Echoes until it is over, and knows its own words.</summary>
    private static async Task ResideAsync(SocketRig rig, int number, CancellationToken over)
    {
        using var peer = await Peer.ConnectAsync(rig.Address);
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var words = $"resident {number} says {i}";
            await peer.SendAsync(words);
            Assert.Equal(words, await peer.ReceiveAsync(words.Length));
        }
    }

    /// <summary>Comes, says something, perhaps, and goes in one of the ways there are.</summary>
    private static async Task VisitAsync(SocketRig rig, int number, Random random)
    {
        using var peer = await Peer.ConnectAsync(rig.Address);
        var words = $"guest {number}";
        if (random.Next(4) > 0) await peer.SendAsync(words);
        switch (random.Next(4))
        {
            case 0:
                peer.Reset();
                break;
            case 1:
                peer.Finish();
                Assert.StartsWith(await peer.ReceiveAllAsync(), words, StringComparison.Ordinal);
                break;
            case 2:
                await peer.SendAsync("more");
                break;
        }
    }
}
