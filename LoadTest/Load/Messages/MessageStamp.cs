using System.Numerics;
using System.Runtime.InteropServices;

namespace OrleansEcho.LoadTest.Load.Messages;

/// <summary>
/// What every message begins with: whose it is, which one it is, and a checksum of the whole, in 22 characters that no framing minds. So whatever comes
/// back can be told from what should have: another connection's message, an earlier one, one with another byte.
/// </summary>
/// <remarks>Digits in base 64: 4 of the run, 6 of the connection, 6 of the sequence number, 6 of the CRC-32C of all other bytes. No message begins with <c>-ERR</c>.</remarks>
internal static class MessageStamp
{
    /// <summary>How long it is, in bytes.</summary>
    public const int Length = 22;

    /// <summary>How much of it is the same in all messages of a run.</summary>
    public const int RunLength = 4;

    /// <summary>How much of it is the same in all messages of a connection.</summary>
    public const int OwnerLength = 10;

    private const int ChecksumAt = 16;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";

    // Two digits at a time: a message has three of them for each number.
    private static readonly ushort[] Pairs = [.. Enumerable.Range(0, 4096).Select(Pair)];
    private static readonly sbyte[] Values = MakeValues();

    /// <summary>Writes what is the same in all messages of a connection.</summary>
    /// <param name="owner">Ten bytes.</param>
    /// <param name="run">24 bits count.</param>
    /// <param name="connection">36 bits count.</param>
    public static void WriteOwner(Span<byte> owner, int run, long connection)
    {
        Put(owner, run >> 12);
        Put(owner[2..], run);
        Put(owner[4..], (int)(connection >> 24));
        Put(owner[6..], (int)(connection >> 12));
        Put(owner[8..], (int)connection);
    }

    /// <summary>Stamps a message whose owner and other bytes are there already.</summary>
    /// <returns>Its checksum.</returns>
    public static uint Write(Span<byte> message, long sequence)
    {
        PutSequence(message, sequence);
        var checksum = ChecksumOf(message);
        PutChecksum(message, checksum);
        return checksum;
    }

    /// <summary>Stamps a message whose checksum is known.</summary>
    public static void Write(Span<byte> message, long sequence, uint checksum)
    {
        PutSequence(message, sequence);
        PutChecksum(message, checksum);
    }

    /// <summary>Reads a message's stamp.</summary>
    /// <returns>Whether it is the stamp of this run, and the checksum is right: then nothing of the message was changed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, int run, out long connection, out long sequence)
    {
        connection = sequence = 0;
        if (message.Length < Length) return false;
        long theirs = 0, checksum = 0;
        if (!TryGet(message[..4], ref theirs) || theirs != (run & 0xFFFFFF)) return false;
        return TryGet(message[4..OwnerLength], ref connection) && TryGet(message[OwnerLength..ChecksumAt], ref sequence)
            && TryGet(message[ChecksumAt..Length], ref checksum) && checksum == ChecksumOf(message);
    }

    /// <summary>Reads the number of a message whose end is not known.</summary>
    public static bool TryReadSequence(ReadOnlySpan<byte> message, out long sequence)
    {
        sequence = 0;
        return message.Length >= Length && TryGet(message[OwnerLength..ChecksumAt], ref sequence);
    }

    private static void PutSequence(Span<byte> message, long sequence)
    {
        Put(message[10..], (int)(sequence >> 24));
        Put(message[12..], (int)(sequence >> 12));
        Put(message[14..], (int)sequence);
    }

    private static void PutChecksum(Span<byte> message, uint checksum)
    {
        Put(message[16..], (int)(checksum >> 24));
        Put(message[18..], (int)(checksum >> 12));
        Put(message[20..], (int)checksum);
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> message) => Crc(Crc(uint.MaxValue, message[..ChecksumAt]), message[Length..]);

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }

    private static void Put(Span<byte> two, int value) => MemoryMarshal.Write(two, Pairs[value & 0xFFF]);

    private static ushort Pair(int value)
    {
        Span<byte> two = [(byte)Digits[value >> 6], (byte)Digits[value & 0x3F]];
        return MemoryMarshal.Read<ushort>(two);
    }

    private static bool TryGet(ReadOnlySpan<byte> digits, ref long value)
    {
        foreach (var digit in digits)
        {
            if (Values[digit] < 0) return false;
            value = (value << 6) | (byte)Values[digit];
        }

        return true;
    }

    private static sbyte[] MakeValues()
    {
        var values = new sbyte[256];
        Array.Fill(values, (sbyte)-1);
        foreach (var (value, digit) in Digits.Index()) values[digit] = (sbyte)value;
        return values;
    }
}
