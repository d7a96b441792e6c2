using CsCheck;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Connections;

public sealed class MessageSetTests
{
    [Fact]
    public void WholeArrayIsOneMessage_WhenThereAreNoLengths() => AssertPayloads(new MessageSet(1, [1, 2, 3], null), [[1, 2, 3]]);

    [Fact]
    public void OneMessageMayBeEmpty() => AssertPayloads(new MessageSet(1, [], null), [[]]);

    [Fact]
    public void PayloadsComeInOrder() => AssertPayloads(new MessageSet(1, [1, 2, 3, 4, 5, 6], [1, 2, 3]), [[1], [2, 3], [4, 5, 6]]);

    [Fact]
    public void EmptyMessagesAreMessages() => AssertPayloads(new MessageSet(1, [1, 2], [0, 1, 0, 0, 1, 0]), [[], [1], [], [], [2], []]);

    [Fact]
    public void SetMayHaveEmptyMessagesOnly() => AssertPayloads(new MessageSet(1, [], [0, 0, 0]), [[], [], []]);

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(0, 1)]
    [InlineData(1)]
    [InlineData(2, 3, -1)]
    [InlineData(0, int.MaxValue, int.MaxValue, 2)]
    public void LengthsThatDoNotMakeUpTheBytesAreNoSet(int bytes, params int[] lengths)
    {
        var fault = Assert.Throws<ArgumentException>(() => new MessageSet(1, new byte[bytes], lengths));
        Assert.Equal("lengths", fault.ParamName);
    }

    [Fact]
    public void BuilderMakesWhatWasAdded() =>
        Gen.Byte.Array[0, 20].Array[0, 8].Sample(payloads =>
        {
            var builder = new MessageSetBuilder(7);
            foreach (var payload in payloads) builder.Add(payload);
            Assert.Equal(payloads.Length, builder.Count);
            var set = builder.Build(isLast: true);
            Assert.Equal((7, true), (set.Sequence, set.IsLast));
            AssertPayloads(set, payloads);
        });

    private static void AssertPayloads(MessageSet set, byte[][] expected)
    {
        var payloads = new List<byte[]>();
        foreach (var payload in set) payloads.Add(payload.ToArray());
        Assert.Equal(expected, payloads);
        Assert.Equal(expected.Length, set.Count);
    }
}
