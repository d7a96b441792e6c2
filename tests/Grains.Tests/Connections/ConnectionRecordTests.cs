using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Connections;

public sealed class ConnectionRecordTests
{
    private static readonly DateTimeOffset Later = Sample.Noon.AddSeconds(1);
    private readonly ConnectionId _id = Sample.NewId();
    private readonly ConnectionRecord _record;

    public ConnectionRecordTests() => _record = new ConnectionRecord(_id);

    [Fact]
    public void NothingIsDescribed_BeforeOpening()
    {
        Assert.Null(_record.Describe());
        Assert.Equal(ConnectionState.Connecting, _record.State);
    }

    [Fact]
    public void SetIsRefused_BeforeOpening()
    {
        Assert.False(_record.Accept(Sample.Set(1, [3]), Later));
        Assert.Null(_record.Describe());
    }

    [Fact]
    public void OpeningIsDescribedAsTheGatewayToldIt()
    {
        _record.Open(Sample.Opening(next: 7, messages: 20, bytes: 300), Later);

        Assert.Equal(
            new ConnectionInfo
            {
                Id = _id,
                State = ConnectionState.Connected,
                Gateway = "gateway-a",
                Listener = "line",
                Peer = "192.0.2.1:4711",
                OpenedAt = Sample.Noon,
                LastActivityAt = Later,
                Messages = 20,
                Bytes = 300,
                NextSequence = 7,
            },
            _record.Describe());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void OpeningIsAnError_WhenItsNumberIsNotPositive(long next)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _record.Open(Sample.Opening(next), Later));
        Assert.Null(_record.Describe());
    }

    [Fact]
    public void NextSetIsCounted()
    {
        _record.Open(Sample.Opening(), Sample.Noon);

        Assert.True(_record.Accept(Sample.Set(1, [3, 0, 4]), Later));

        AssertCounts(messages: 3, bytes: 7, next: 2);
        Assert.Equal(Later, _record.Describe()!.LastActivityAt);
    }

    [Fact]
    public void RepeatedSetIsAnsweredAndNotCounted()
    {
        _record.Open(Sample.Opening(), Sample.Noon);
        _record.Accept(Sample.Set(1, [3]), Sample.Noon);

        Assert.True(_record.Accept(Sample.Set(1, [3]), Later));

        AssertCounts(messages: 1, bytes: 3, next: 2);
        Assert.Equal(Sample.Noon, _record.Describe()!.LastActivityAt);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    public void SetAheadIsRefusedAndNotCounted(long sequence)
    {
        _record.Open(Sample.Opening(next: 2), Sample.Noon);

        Assert.False(_record.Accept(Sample.Set(sequence, [3]), Later));

        AssertCounts(messages: 0, bytes: 0, next: 2);
    }

    [Fact]
    public void SetIsCountedOnce_WhenItIsSentAgainAfterAReopening()
    {
        _record.Open(Sample.Opening(), Sample.Noon);
        _record.Accept(Sample.Set(1, [3, 3]), Sample.Noon); // counted, but its answer is lost

        _record.Open(Sample.Opening(next: 1), Later);
        Assert.True(_record.Accept(Sample.Set(1, [3, 3]), Later));

        AssertCounts(messages: 2, bytes: 6, next: 2);
    }

    [Fact]
    public void CountGoesOn_WhenANewActivationIsOpenedWithTheNextNumber()
    {
        _record.Open(Sample.Opening(next: 5, messages: 40, bytes: 400), Sample.Noon);

        Assert.True(_record.Accept(Sample.Set(5, [1, 2]), Later));

        AssertCounts(messages: 42, bytes: 403, next: 6);
    }

    [Fact]
    public void LastSetBeginsTheEnd()
    {
        _record.Open(Sample.Opening(), Sample.Noon);

        Assert.True(_record.Accept(Sample.Set(1, [3], isLast: true), Later));

        Assert.Equal(ConnectionState.Disconnecting, _record.State);
        AssertCounts(messages: 1, bytes: 3, next: 2);
    }

    [Fact]
    public void LastSetIsAnsweredAgain_WhenItIsRepeated()
    {
        _record.Open(Sample.Opening(), Sample.Noon);
        _record.Accept(Sample.Set(1, [3], isLast: true), Sample.Noon);

        Assert.True(_record.Accept(Sample.Set(1, [3], isLast: true), Later));
        _record.Open(Sample.Opening(next: 1), Later);
        Assert.True(_record.Accept(Sample.Set(1, [3], isLast: true), Later));

        AssertCounts(messages: 1, bytes: 3, next: 2);
        Assert.Equal(ConnectionState.Disconnecting, _record.State);
    }

    [Fact]
    public void SetAfterTheLastIsAnError()
    {
        _record.Open(Sample.Opening(), Sample.Noon);
        _record.Accept(Sample.Set(1, [3], isLast: true), Sample.Noon);

        var fault = Assert.Throws<InvalidOperationException>(() => _record.Accept(Sample.Set(2, [3]), Later));

        Assert.Contains($"{_id} got set 2 after its last, 1", fault.Message, StringComparison.Ordinal);
        AssertCounts(messages: 1, bytes: 3, next: 2);
    }

    [Fact]
    public void FirstReasonStands_WhenCloseIsRepeated()
    {
        _record.Open(Sample.Opening(), Sample.Noon);

        Assert.True(_record.Close(CloseReason.IdleTimeout));
        Assert.False(_record.Close(CloseReason.PeerReset));

        Assert.Equal(CloseReason.IdleTimeout, _record.Describe()!.CloseReason);
        Assert.Equal(ConnectionState.Disconnected, _record.State);
    }

    [Fact]
    public void NothingIsDescribed_WhenItIsClosedWithoutOpening()
    {
        Assert.True(_record.Close(CloseReason.BackendUnavailable));
        Assert.Equal(ConnectionState.Disconnected, _record.State);
        Assert.Null(_record.Describe());
    }

    [Fact]
    public void NothingLeadsBack_WhenItIsClosed()
    {
        _record.Open(Sample.Opening(), Sample.Noon);
        _record.Accept(Sample.Set(1, [3]), Sample.Noon);
        _record.Close(CloseReason.PeerClosed);
        var before = _record.Describe();

        var fault = Assert.Throws<InvalidOperationException>(() => _record.Accept(Sample.Set(1, [3]), Later));
        Assert.Contains($"{_id} is closed (PeerClosed)", fault.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => _record.Open(Sample.Opening(next: 2), Later));

        Assert.Equal(before, _record.Describe());
    }

    private void AssertCounts(long messages, long bytes, long next)
    {
        var info = _record.Describe();
        Assert.NotNull(info);
        Assert.Equal((messages, bytes, next), (info.Messages, info.Bytes, info.NextSequence));
    }
}
