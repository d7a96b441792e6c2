using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Tests.Connections;

namespace OrleansEcho.Grains.Tests.Contracts;

/// <summary>What a gateway sends is what a silo gets, value by value.</summary>
public sealed class SerializationTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly Serializer _serializer;

    public SerializationTests() => _serializer = _services.GetRequiredService<Serializer>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void SetsArriveWhole() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Int[0, 300].Array[0, 20].Null(), Gen.Int[0, 300], Gen.Int, Gen.Bool).Sample(
            (sequence, lengths, length, seed, isLast) =>
            {
                var bytes = new byte[lengths?.Sum() ?? length];
                new Random(seed).NextBytes(bytes);
                var arrived = RoundTrip(new MessageSet(sequence, bytes, lengths, isLast));
                Assert.Equal((sequence, isLast), (arrived.Sequence, arrived.IsLast));
                Assert.Equal(bytes, arrived.Bytes);
                Assert.Equal(lengths, arrived.Lengths);
            },
            iter: 1_000);

    [Fact]
    public void HandlersFailureArrivesAsWhatItIs()
    {
        var arrived = RoundTrip(new ConnectionHandlerException(3, new TimeoutException("the database")));
        Assert.Equal("What was to be done with set 3 failed: TimeoutException: the database", arrived.Message);
        Assert.IsType<TimeoutException>(arrived.InnerException);
    }

    [Fact]
    public void OpeningArrivesWhole()
    {
        var opening = Sample.Opening(next: 3, messages: 4, bytes: 5) with { OpenedAt = Sample.Noon.ToOffset(TimeSpan.FromHours(5)) };
        var arrived = RoundTrip(opening);
        Assert.Equal(opening, arrived);
        Assert.Equal(opening.OpenedAt.Offset, arrived.OpenedAt.Offset);
    }

    [Fact]
    public void InfoArrivesWhole()
    {
        var info = new ConnectionInfo
        {
            Id = Sample.NewId(),
            State = ConnectionState.Disconnected,
            Gateway = "gateway-a",
            Listener = "raw",
            Peer = "",
            OpenedAt = Sample.Noon,
            LastActivityAt = Sample.Noon.AddTicks(1),
            Messages = long.MaxValue,
            Bytes = 6,
            NextSequence = 7,
            CloseReason = CloseReason.SendTimeout,
        };
        Assert.Equal(info, RoundTrip(info));
        Assert.Equal(info with { CloseReason = null }, RoundTrip(info with { CloseReason = null }));
    }

    [Fact]
    public void IdArrivesWhole()
    {
        var id = Sample.NewId();
        Assert.Equal(id, RoundTrip(id));
        Assert.Equal(default, RoundTrip(default(ConnectionId)));
    }

    [Fact]
    public void EveryEnumValueArrives()
    {
        Assert.All(Enum.GetValues<CloseReason>(), value => Assert.Equal(value, RoundTrip(value)));
        Assert.All(Enum.GetValues<RejectReason>(), value => Assert.Equal(value, RoundTrip(value)));
        Assert.All(Enum.GetValues<ConnectionState>(), value => Assert.Equal(value, RoundTrip(value)));
    }

    [Fact]
    public void NothingIsCopied_WhenACallStaysInTheProcess()
    {
        var copier = _services.GetRequiredService<DeepCopier>();
        AssertNotCopied(Sample.Set(1, [1, 2]));
        AssertNotCopied(Sample.Opening());

        void AssertNotCopied<T>(T value)
            where T : class => Assert.Same(value, copier.Copy(value));
    }

    private T RoundTrip<T>(T value)
        where T : notnull => _serializer.Deserialize<T>(_serializer.SerializeToArray(value))!;
}
