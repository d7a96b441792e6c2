using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrleansEcho.Silo.Storage;

/// <summary>What a file of <see cref="FileGrainStorage"/> holds.</summary>
/// <param name="Owner">Whose state it is.</param>
/// <param name="ETag">Which write of it this is.</param>
/// <param name="Payload">The state, serialized.</param>
/// <remarks>
/// Two lines and the rest: <c>orleansecho-state 1 &lt;SHA-256 of all that follows, in hex&gt;</c>, owner and ETag as JSON, the state. With
/// Orleans' default serializer all of it can be read by a person.
/// </remarks>
internal sealed record StateFile(StateOwner Owner, string ETag, ReadOnlyMemory<byte> Payload)
{
    private const string Magic = "orleansecho-state 1 ";
    private static readonly int FirstLine = Magic.Length + (2 * SHA256.HashSizeInBytes) + 1;

    /// <summary>The name of the file, for any key: a digest, so that neither its characters nor its length matter.</summary>
    public static string NameFor(StateOwner owner)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in (byte[][])[Encoding.UTF8.GetBytes(owner.ServiceId), Encoding.UTF8.GetBytes(owner.StateName), owner.Grain.Type.Value.AsSpan().ToArray(), owner.Grain.Key.AsSpan().ToArray()])
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, part.Length); // or two parts could share a border
            digest.AppendData(length);
            digest.AppendData(part);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset()) + ".state";
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header(Owner.ServiceId, Owner.StateName, Owner.Grain.ToString(), ETag));
        byte[] rest = [.. header, (byte)'\n', .. Payload.Span];
        return [.. Encoding.ASCII.GetBytes($"{Magic}{Convert.ToHexStringLower(SHA256.HashData(rest))}\n"), .. rest];
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">It is not what was written there.</exception>
    public static StateFile Read(byte[] bytes, string path, StateOwner owner)
    {
        if (bytes.Length < FirstLine || !bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Magic)) || bytes[FirstLine - 1] is not (byte)'\n') throw Damaged("it does not begin as one of ours");
        var rest = bytes.AsMemory(FirstLine);
        var digest = Encoding.ASCII.GetString(bytes, Magic.Length, FirstLine - Magic.Length - 1);
        if (digest != Convert.ToHexStringLower(SHA256.HashData(rest.Span))) throw Damaged("its checksum does not fit");
        var end = rest.Span.IndexOf((byte)'\n');
        var header = JsonSerializer.Deserialize<Header>(rest.Span[..end])!;
        if (header.ServiceId != owner.ServiceId || header.StateName != owner.StateName || header.Grain != owner.Grain.ToString()) throw Damaged($"it is that of {header.Grain}");
        return new StateFile(owner, header.ETag, rest[(end + 1)..]);

        // An empty state instead would be believed.
        InvalidDataException Damaged(string how) => new($"The state of grain {owner.Grain} in {path} is damaged: {how}; put a good copy in its place, or remove it if the grain may start anew.");
    }

    private sealed record Header(string ServiceId, string StateName, string Grain, string ETag);
}

/// <summary>Whose a state is.</summary>
/// <param name="ServiceId">The service that the grain belongs to.</param>
/// <param name="StateName">Which of the grain's states it is.</param>
/// <param name="Grain">The grain.</param>
internal readonly record struct StateOwner(string ServiceId, string StateName, GrainId Grain);
