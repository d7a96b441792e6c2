namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>How messages are told apart on the wire. To load another protocol, add one of these.</summary>
/// <remarks>
/// The gateway's own codecs read sequences and write to pipes; here a message is a span that is made and compared at once, a million times a second.
/// The tests hold both to the same bytes.
/// </remarks>
internal abstract class WireFraming
{
    private static readonly WireFraming[] All = [new LineFraming(), new LengthPrefixedFraming(), new RawFraming()];

    /// <summary>Its name, as in a scenario.</summary>
    public abstract string Name { get; }

    /// <summary>How many bytes come before a message.</summary>
    public abstract int Before { get; }

    /// <summary>How many bytes come after it.</summary>
    public abstract int After { get; }

    /// <summary>Whether the wire itself says where a message begins and ends.</summary>
    public virtual bool HasMessages => true;

    /// <summary>The names of all.</summary>
    public static IEnumerable<string> Names => All.Select(f => f.Name);

    /// <summary>The framing of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static WireFraming Of(string name) => All.SingleOrDefault(f => f.Name == name) ?? throw new ArgumentException($"There is no framing '{name}'.", nameof(name));

    /// <summary>Writes what is around a message.</summary>
    /// <param name="frame">The whole frame; the message in it is left alone.</param>
    public abstract void Wrap(Span<byte> frame);

    /// <summary>Whether the beginning of a frame, as far as it has come, may be that of a refusal.</summary>
    /// <param name="beginning">Not empty.</param>
    public virtual bool MayBeRefusal(ReadOnlySpan<byte> beginning) => false;

    /// <summary>Takes a frame that is not the one that was expected. Bytes that begin no frame are one, so that the next is looked for behind them.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="longest">The longest frame there can be, in bytes.</param>
    /// <param name="frame">How long it is, its message, and the gateway's words where it is a refusal.</param>
    /// <returns>Whether it is there as a whole.</returns>
    public abstract bool TryRead(ReadOnlySpan<byte> bytes, int longest, out WireFrame frame);
}
