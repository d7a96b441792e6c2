using CsCheck;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Tests.Connections;

/// <summary>Whatever the order in which the peer and the grain act: at any time what has come back is a prefix of what was sent.</summary>
public sealed class PumpInterleavingTests
{
    private enum Act
    {
        Send,
        Receive,
        Answer,
        Pass,
    }

    private static readonly Gen<Act> AnyAct = Gen.Frequency((4, Gen.Const(Act.Send)), (2, Gen.Const(Act.Receive)), (3, Gen.Const(Act.Answer)), (1, Gen.Const(Act.Pass)));

    private static readonly Gen<(Act, int)[]> Schedule = Gen.Select(AnyAct, Gen.OneOf(Gen.Int[1, 6], Gen.Int[1, 150]), (act, size) => (act, size)).Array[0, 60];

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    [InlineData("raw")]
    public async Task EverythingComesBackOnceAndInOrder(string framing)
    {
        var codec = Messages.Codec(framing);
        await Gen.Select(Streams(framing), Schedule, Gen.Int[20, 200]).SampleAsync(
            async (payloads, schedule, buffer) =>
            {
                var stream = codec.Frames(payloads);
                var rig = Rig(codec, buffer);
                var sent = Play(rig, stream, schedule);
                while (sent < stream.Length)
                {
                    if (rig.Peer.IsSendBlocked) Settle(rig, stream);
                    else Send(rig, stream, ref sent, 100);
                }

                rig.Peer.Finish();
                Settle(rig, stream);

                Assert.Equal(CloseReason.PeerClosed, await rig.EndAsync());
                Assert.Equal(stream, rig.Peer.Receive());
                Assert.All(rig.Grain.Sets.SkipLast(1), set => Assert.False(set.IsLast, "A set came after the last."));
            },
            iter: 1_000,
            threads: 1);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    [InlineData("raw")]
    public async Task ARequestToCloseAtAnyTimeEchoesExactlyTheMessagesThatHaveArrived(string framing)
    {
        var codec = Messages.Codec(framing);
        await Gen.Select(Streams(framing), Schedule, Schedule, Gen.Int[20, 200]).SampleAsync(
            async (payloads, before, after, buffer) =>
            {
                var stream = codec.Frames(payloads);
                var rig = Rig(codec, buffer);
                var arrived = Play(rig, stream, before);

                rig.Pump.RequestClose();
                Play(rig, stream, [.. after.Where(step => step.Item1 is not Act.Send)]);
                Settle(rig, stream);

                Assert.Equal(CloseReason.Draining, await rig.EndAsync());
                Assert.Equal(WholeMessages(codec, payloads, arrived), rig.Peer.Receive().Count);
            },
            iter: 1_000,
            threads: 1);
    }

    private static Gen<byte[][]> Streams(string framing) =>
        (framing is "line" ? Gen.Byte.Where(b => b != '\n') : Gen.Byte).Array[0, 60].Array[0, 25];

    private static PumpRig Rig(IFrameCodec codec, int buffer) =>
        new(new FakeGrain(answers: false), codec, PumpRig.Limits with { MaxMessageBytes = 64, MaxBytesInFlight = 100, IdleTimeout = TimeSpan.FromHours(1), SendTimeout = TimeSpan.FromHours(1) }, buffer);

    /// <summary>Lets peer and grain act; answers with how many bytes were sent.</summary>
    private static int Play(PumpRig rig, byte[] stream, (Act Act, int Size)[] schedule)
    {
        var sent = 0;
        foreach (var (act, size) in schedule)
        {
            if (act is Act.Send) Send(rig, stream, ref sent, size);
            else if (act is Act.Receive) rig.Peer.Receive();
            else if (act is Act.Answer) rig.Grain.Pending?.Answer();
            else rig.Pass(0.5);
            AssertPrefix(rig, stream);
        }

        return sent;
    }

    private static void Send(PumpRig rig, byte[] stream, ref int sent, int size)
    {
        if (rig.Peer.IsSendBlocked) return;
        size = Math.Min(size, stream.Length - sent);
        rig.Peer.Send(stream.AsSpan(sent, size));
        sent += size;
    }

    /// <summary>Peer and grain act until nothing is left to do.</summary>
    private static void Settle(PumpRig rig, byte[] stream)
    {
        int received;
        do
        {
            received = rig.Peer.Receive().Count;
            rig.Grain.Pending?.Answer();
            AssertPrefix(rig, stream);
        }
        while (rig.Grain.Pending is not null || rig.Peer.Receive().Count > received);
    }

    private static void AssertPrefix(PumpRig rig, byte[] stream)
    {
        var received = rig.Peer.Receive();
        Assert.Equal(stream.Take(received.Count), received);
        if (rig.Run.IsFaulted) throw rig.Run.Exception;
    }

    private static int WholeMessages(IFrameCodec codec, byte[][] payloads, int arrived)
    {
        if (codec == Framings.Raw) return arrived;
        var whole = 0;
        foreach (var payload in payloads)
        {
            var length = codec.Frames([payload]).Length;
            if (whole + length > arrived) break;
            whole += length;
        }

        return whole;
    }
}
