using System.Buffers.Binary;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>A pool on real sockets and the real clock, with threads that cancel, abandon and forget, and a gateway that is not there.</summary>
public sealed class PoolStressTests
{
    private const int Callers = 16;
    private const int RequestsEach = 250;

    [Fact]
    public async Task NothingIsLostOrMixedUp_AmongManyThreads()
    {
        await using var first = new EchoServer(Framings.LengthPrefixed);
        await using var second = new EchoServer(Framings.LengthPrefixed);
        var options = new EchoClientPoolOptions { MaximumSize = 4, Gateways = { first.Address, second.Address, "127.0.0.1:1" }, AcquireTimeout = Deadline.Generous };
        await using var pool = new EchoClientPool(options);
        var echoed = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            var message = new byte[8];
            for (var i = 0; i < RequestsEach; i++)
            {
                using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
                if (random.Next(8) is 0) cancellation.CancelAfter(TimeSpan.FromMilliseconds(random.Next(3)));
                BinaryPrimitives.WriteInt64BigEndian(message, (caller * 1_000_000L) + i);
                try
                {
                    await using var lease = await pool.AcquireAsync(cancellation.Token);
                    using var reply = await lease.SendAsync(message, cancellation.Token);
                    if (!reply.Span.SequenceEqual(message)) throw new InvalidOperationException("Somebody else's echo.");
                    Interlocked.Increment(ref echoed);
                    Assert.InRange(pool.ReadStatistics().Total, 1, options.MaximumSize);
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    // As it was asked for.
                }
            }
        }))).WithinAsync("all callers");
        Assert.True(echoed > Callers * RequestsEach / 2, $"Only {echoed} were echoed.");
        var left = pool.ReadStatistics();
        Assert.Equal((0, 0, 0), (left.Leased, left.Waiting, left.Validating));
        Assert.Equal(left.Created - left.Destroyed, left.Idle);
    }
}
