using System.Buffers;
using System.Numerics;
using System.Text;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Interfaces.Lanes;

/// <summary>
/// How a batch is written: by hand, because a set costs a twentieth of what it costs field by field, and its bytes are copied once, between
/// the set's own array and the connection.
/// </summary>
/// <remarks>
/// One length-prefixed field. In it, all numbers as variable-length integers: the format (1), how many sets; then for each its connection,
/// its flags (bits 0–1: outcome, 2: has a set, 3: is the last, 4: several messages, 5: opens, 6: closes); if it opens: gateway, listener
/// and peer (length and UTF-8 each), when (ticks of UTC), the next number, messages and bytes so far; if it closes: the reason; if it has a
/// set: its number, how many messages if several, their lengths, and their bytes. A reader refuses a format that it does not know; a writer
/// uses one that the other end has said it reads (<c>SiloSign.BatchFormat</c>).
/// </remarks>
[RegisterSerializer]
[RegisterCopier]
public sealed class SetBatchCodec : IFieldCodec<SetBatch>, IDeepCopier<SetBatch>
{
    /// <summary>The format that is written, and the newest that is read.</summary>
    public const int Format = 1;

    private const int OutcomeBits = 3;
    private const int HasSet = 4;
    private const int IsLast = 8;
    private const int IsSeveral = 16;
    private const int DoesOpen = 32;
    private const int DoesClose = 64;

    // Thousands of connections are opened with these, and keep them.
    private static string LastGateway = "";
    private static string LastListener = "";

    /// <inheritdoc/>
    public SetBatch? DeepCopy(SetBatch? input, CopyContext context) => input;

    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, SetBatch? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType!, value!)) return;
        writer.WriteFieldHeader(fieldIdDelta, expectedType!, typeof(SetBatch), WireType.LengthPrefixed);
        ArgumentNullException.ThrowIfNull(value); // it has been written as a reference
        writer.WriteVarUInt32(checked((uint)LengthOf(value)));
        writer.WriteVarUInt32(Format);
        writer.WriteVarUInt32((uint)value.Count);
        foreach (ref readonly var one in value.Sets)
        {
            writer.WriteVarUInt64((ulong)one.Connection);
            writer.WriteVarUInt32(FlagsOf(one));
            if (one.Opening is { } opening) WriteOpening(ref writer, opening);
            if (one.Closing is { } reason) writer.WriteVarUInt32((uint)reason);
            if (one.Set is not { } set) continue;
            writer.WriteVarUInt64((ulong)set.Sequence);
            if (set.Lengths is { } lengths)
            {
                writer.WriteVarUInt32((uint)lengths.Length);
                foreach (var length in lengths) writer.WriteVarUInt32((uint)length);
            }
            else
            {
                writer.WriteVarUInt32((uint)set.Bytes.Length);
            }

            writer.Write(set.Bytes);
        }
    }

    /// <inheritdoc/>
    public SetBatch? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType is WireType.Reference) return ReferenceCodec.ReadReference<SetBatch, TInput>(ref reader, field);
        field.EnsureWireType(WireType.LengthPrefixed);
        var placeholder = ReferenceCodec.CreateRecordPlaceholder(reader.Session);
        var left = Bounded(reader.ReadVarUInt32(), reader.Length - reader.Position); // of what has come, and not of what it says
        var end = reader.Position + left;
        var format = reader.ReadVarUInt32();
        if (format is not Format) throw new SerializerException($"A batch of sets in format {format}; this end reads format {Format}.");
        var sets = new BatchedSet[Bounded(reader.ReadVarUInt32(), left)];
        for (var i = 0; i < sets.Length; i++)
        {
            var connection = (long)reader.ReadVarUInt64();
            var flags = reader.ReadVarUInt32();
            var opening = (flags & DoesOpen) is 0 ? null : ReadOpening(ref reader, end);
            CloseReason? closing = (flags & DoesClose) is 0 ? null : (CloseReason)reader.ReadVarUInt32();
            var set = (flags & HasSet) is 0 ? null : ReadSet(ref reader, flags, end);
            sets[i] = new(connection, set, (SetOutcome)(flags & OutcomeBits), opening, closing);
        }

        if (reader.Position != end)
        {
            throw new SerializerException($"A batch of sets is {end - reader.Position} bytes longer than what it says.");
        }

        var batch = new SetBatch(sets);
        ReferenceCodec.RecordObject(reader.Session, batch, placeholder);
        return batch;
    }

    private static MessageSet ReadSet<TInput>(ref Reader<TInput> reader, uint flags, long end)
    {
        var sequence = (long)reader.ReadVarUInt64();
        int[]? lengths = null;
        long total;
        if ((flags & IsSeveral) is 0)
        {
            total = reader.ReadVarUInt32();
        }
        else
        {
            total = 0;
            lengths = new int[Bounded(reader.ReadVarUInt32(), end - reader.Position)];
            foreach (ref var length in lengths.AsSpan()) total += length = Bounded(reader.ReadVarUInt32(), end - reader.Position);
        }

        var bytes = GC.AllocateUninitializedArray<byte>(Bounded(total, end - reader.Position));
        reader.ReadBytes(bytes);
        return new MessageSet(sequence, bytes, lengths, (flags & IsLast) is not 0);
    }

    private static void WriteOpening<TBufferWriter>(ref Writer<TBufferWriter> writer, ConnectionOpening opening)
        where TBufferWriter : IBufferWriter<byte>
    {
        WriteText(ref writer, opening.Gateway);
        WriteText(ref writer, opening.Listener);
        WriteText(ref writer, opening.Peer);
        writer.WriteVarUInt64((ulong)opening.OpenedAt.UtcTicks);
        writer.WriteVarUInt64((ulong)opening.NextSequence);
        writer.WriteVarUInt64((ulong)opening.Messages);
        writer.WriteVarUInt64((ulong)opening.Bytes);
    }

    private static ConnectionOpening ReadOpening<TInput>(ref Reader<TInput> reader, long end) => new()
    {
        Gateway = ReadText(ref reader, end, ref LastGateway),
        Listener = ReadText(ref reader, end, ref LastListener),
        Peer = ReadText(ref reader, end),
        OpenedAt = new DateTimeOffset((long)reader.ReadVarUInt64(), TimeSpan.Zero),
        NextSequence = (long)reader.ReadVarUInt64(),
        Messages = (long)reader.ReadVarUInt64(),
        Bytes = (long)reader.ReadVarUInt64(),
    };

    private static void WriteText<TBufferWriter>(ref Writer<TBufferWriter> writer, string text)
        where TBufferWriter : IBufferWriter<byte>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.WriteVarUInt32((uint)bytes.Length);
        writer.Write(bytes);
    }

    private static string ReadText<TInput>(ref Reader<TInput> reader, long end) =>
        Encoding.UTF8.GetString(reader.ReadBytes((uint)Bounded(reader.ReadVarUInt32(), end - reader.Position)));

    private static string ReadText<TInput>(ref Reader<TInput> reader, long end, ref string last)
    {
        var length = Bounded(reader.ReadVarUInt32(), end - reader.Position);
        var bytes = length <= 128 ? stackalloc byte[length] : new byte[length];
        reader.ReadBytes(bytes);
        var known = Volatile.Read(ref last);
        if (Ascii.Equals(bytes, known)) return known;
        var text = Encoding.UTF8.GetString(bytes);
        Volatile.Write(ref last, text);
        return text;
    }

    // Whatever is counted takes a byte at least: nothing is set aside for more than has come.
    private static int Bounded(long count, long left) =>
        count <= left ? (int)count : throw new SerializerException($"A batch of sets speaks of {count} where {left} bytes are left.");

    private static uint FlagsOf(in BatchedSet one) =>
        (uint)one.Outcome | (one.Opening is null ? 0u : DoesOpen) | (one.Closing is null ? 0u : DoesClose)
            | (one.Set is { } set ? HasSet | (set.IsLast ? IsLast : 0u) | (set.Lengths is null ? 0u : IsSeveral) : 0u);

    private static long LengthOf(SetBatch value)
    {
        long length = SizeOf(Format) + SizeOf((uint)value.Count);
        foreach (ref readonly var one in value.Sets)
        {
            length += SizeOf((ulong)one.Connection) + SizeOf(FlagsOf(one));
            if (one.Opening is { } opening) length += LengthOf(opening);
            if (one.Closing is { } reason) length += SizeOf((ulong)reason);
            if (one.Set is not { } set) continue;
            length += SizeOf((ulong)set.Sequence) + set.Bytes.Length;
            if (set.Lengths is not { } lengths)
            {
                length += SizeOf((uint)set.Bytes.Length);
                continue;
            }

            length += SizeOf((uint)lengths.Length);
            foreach (var each in lengths) length += SizeOf((uint)each);
        }

        return length;
    }

    private static long LengthOf(ConnectionOpening opening) =>
        LengthOf(opening.Gateway) + LengthOf(opening.Listener) + LengthOf(opening.Peer)
        + SizeOf((ulong)opening.OpenedAt.UtcTicks)
        + SizeOf((ulong)opening.NextSequence) + SizeOf((ulong)opening.Messages) + SizeOf((ulong)opening.Bytes);

    private static long LengthOf(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        return SizeOf((uint)bytes) + bytes;
    }

    // Seven bits a byte.
    private static int SizeOf(ulong number) => (BitOperations.Log2(number | 1) / 7) + 1;
}
