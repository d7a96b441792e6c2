using CsCheck;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Load.Messages;

/// <summary>What is counted of a stream of echoes is in its bytes, and not in how they were cut into reads.</summary>
public sealed class EchoStreamTests
{
    private const int Size = 40;

    private static readonly SizeDistribution Fixed = SizeDistribution.Fixed(Size);
    private static readonly SizeDistribution Mixed = new([new SizeRange(26, 26), new SizeRange(38, 41), new SizeRange(90, 90)]);

    // What becomes of each message, and where.
    private static readonly Gen<Fate[]> Fates = Gen.Select(Gen.Frequency((3, Gen.Const(What.Echo)), (4, Gen.Enum<What>())), Gen.Int[0, 1000], Gen.Byte[1, 255]).Select((what, at, change) => new Fate(what, at, change)).Array[1, 6].Select(Settle);

    private enum What
    {
        Echo,
        Drop,
        Double,
        Swap, // with the next one
        Change, // of a byte of its own
        Split, // a byte becomes the end of a line
        Merge, // another byte in its line's end, or in its length
        Foreign, // another connection's comes before it
        Unsent, // one that was not sent yet comes before it
        Junk, // bytes of nobody come before it
        Cut, // its last bytes are missing
    }

    public static TheoryData<string> All => [.. WireFraming.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void HowAStreamIsCutIntoReadsChangesNoCount(string framing) => Gen.Select(Fates, Gen.Bool).Sample((fates, isMixed) =>
    {
        var bench = new EchoBench(framing, isMixed ? Mixed : Fixed);
        var (sent, stream) = (fates.Length, Stream(bench, framing, fates));
        var whole = bench.Read(sent, stream);

        for (var at = 1; at < stream.Length; at++) AssertSame(whole, bench.Read(sent, stream, at), $"cut at {at}");
        for (var at = 2; at < stream.Length; at += 7) AssertSame(whole, bench.Read(sent, stream, at / 2, at), $"cut at {at / 2} and {at}");
        AssertSame(whole, bench.Read(sent, stream, [.. Enumerable.Range(1, Math.Max(0, stream.Length - 1))]), "byte by byte");

        // Every message is something, and what was changed is not overlooked.
        var (integrity, refused) = (whole.Integrity, whole.Refusals.Length > 0);
        Assert.True(whole.Messages + integrity.Reordered + integrity.Lost + integrity.Unanswered <= sent, $"{whole}");
        Assert.True(whole.Messages + integrity.Reordered + integrity.Lost + integrity.Unanswered + integrity.Corrupted >= sent, $"{whole}");
        Assert.Equal(fates.Any(f => f.What is not What.Echo), integrity.Faults > 0);
        Assert.False(refused);
    }, iter: 250);

    [Theory]
    [MemberData(nameof(All))]
    public void EachFaultIsCountedForWhatItIs(string framing) => Fates.Sample(all =>
    {
        // Where frames themselves are broken, more than one count can be said to be right; what is split is whole in its bytes.
        var fates = Settle(Array.FindAll(all, f => f.What is not What.Merge and not What.Junk and not What.Cut));
        if (fates.Length is 0) return;
        var bench = new EchoBench(framing, Fixed);
        var counted = bench.Read(fates.Length, Stream(bench, framing, fates));

        long Of(What what) => fates.Count(f => f.What == what);
        var corrupted = Of(What.Change) + Of(What.Split);
        Assert.Equal(new IntegrityFigures(Of(What.Drop), Of(What.Double), Of(What.Swap), corrupted, Of(What.Foreign) + Of(What.Unsent), 0), counted.Integrity);
        Assert.Equal(fates.Length - Of(What.Drop) - corrupted - Of(What.Swap), counted.Messages);
        Assert.Equal(counted.Messages * Size, counted.Bytes);
    }, iter: 800);

    // Who is swapped with the one before has no other fate, and the last one has nobody to be swapped with.
    private static Fate[] Settle(Fate[] fates)
    {
        var settled = fates.ToArray();
        for (var i = 0; i < settled.Length; i++)
        {
            if (settled[i].What is not What.Swap) continue;
            if (i + 1 < settled.Length) settled[++i] = new Fate(What.Echo, 0, 0);
            else settled[i] = new Fate(What.Echo, 0, 0);
        }

        return settled;
    }

    private static byte[] Stream(EchoBench bench, string framing, Fate[] fates)
    {
        var wire = WireFraming.Of(framing);
        var (frames, foreign) = (bench.Frames(fates.Length + 1), bench.Frames(1, connection: 9)[0]);
        var stream = new List<byte>();
        for (var i = 0; i < fates.Length; i++)
        {
            var (what, at, change) = fates[i];
            var frame = frames[i].ToArray();
            var own = wire.Before + (at % (frame.Length - wire.Before - wire.After));
            switch (what)
            {
                case What.Drop:
                    continue;
                case What.Double:
                    stream.AddRange(frame);
                    break;
                case What.Swap:
                    stream.AddRange(frames[++i]);
                    break;
                case What.Change:
                    frame[own] = (byte)(frame[own] ^ change) is (byte)'\n' ? (byte)'\r' : (byte)(frame[own] ^ change);
                    break;
                case What.Split:
                    frame[own] = (byte)'\n';
                    break;
                case What.Merge:
                    frame[wire.Before > 0 ? at % wire.Before : wire.After > 0 ? frame.Length - 1 : own] ^= change;
                    break;
                case What.Foreign:
                    stream.AddRange(foreign);
                    break;
                case What.Unsent:
                    stream.AddRange(frames[^1]);
                    break;
                case What.Junk:
                    stream.AddRange(Enumerable.Repeat((byte)'x', 1 + (at % 30)));
                    break;
                case What.Cut:
                    frame = frame[..^(1 + (at % (frame.Length - 1)))];
                    break;
            }

            stream.AddRange(frame);
        }

        return [.. stream];
    }

    private static void AssertSame(EchoCounts whole, EchoCounts counted, string how) => Assert.True(whole == counted, $"{how}: {counted}, and as a whole: {whole}");

    private readonly record struct Fate(What What, int At, byte Change);
}
