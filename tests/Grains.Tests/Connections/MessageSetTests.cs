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

    private static void AssertPayloads(MessageSet set, byte[][] expected)
    {
        var payloads = new List<byte[]>();
        foreach (var payload in set) payloads.Add(payload.ToArray());
        Assert.Equal(expected, payloads);
        Assert.Equal(expected.Length, set.Count);
    }
}
