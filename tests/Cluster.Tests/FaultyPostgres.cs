using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Speaks the protocol of PostgreSQL, as far as errors go: it asks for the password in plain text.</summary>
internal sealed class FaultyPostgres : FaultyStore
{
    private const int Version3 = 3 << 16;

    public override string Kind => "PostgreSQL";

    public override string Membership => "adonet";

    public override string Provider => "postgresql";

    // Who does not answer is waited for a second, the least that there is.
    public override string ConnectionString(string user, string password) =>
        $"Host=127.0.0.1;Port={Port};Timeout=1;Command Timeout=1;Username={user};"
        + $"Password=\"{password.Replace("\"", "\"\"", StringComparison.Ordinal)}\";Database=echo";

    protected override async Task PlayAsync(NetworkStream stream, Wrong wrong, Action<string> served)
    {
        var start = await ReadAsync(stream);
        while (BinaryPrimitives.ReadInt32BigEndian(start) is not Version3)
        {
            await stream.WriteAsync("N"u8.ToArray()); // it has no encryption
            start = await ReadAsync(stream);
        }

        var words = Encoding.UTF8.GetString(start, 4, start.Length - 4).Split('\0');
        served(words[Array.IndexOf(words, "user") + 1]);
        switch (wrong)
        {
            case Wrong.HangsUp:
                await stream.WriteAsync(Error("57P03", "the database sys").AsMemory(0, 20));
                return;
            case Wrong.Silent:
                await DrainAsync(stream);
                return;
        }

        await stream.WriteAsync((byte[])[(byte)'R', 0, 0, 0, 8, 0, 0, 0, 3]); // the password, in plain text
        var kind = new byte[1];
        await stream.ReadExactlyAsync(kind);
        var told = Encoding.UTF8.GetString(await ReadAsync(stream)).TrimEnd('\0');

        // The first is waited for, as a server that starts; the other is how a pooler refuses a login, in its server's words.
        await stream.WriteAsync(wrong is Wrong.Repeats
            ? Error("57P03", $"cannot connect now, was told '{(char)kind[0]}' \"{told}\"")
            : Error("08P01", $"login failed: password \"{told}\" is wrong"));
    }

    // A length that counts itself, and the rest.
    private static async Task<byte[]> ReadAsync(NetworkStream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - length.Length];
        await stream.ReadExactlyAsync(rest);
        return rest;
    }

    private static byte[] Error(string code, string message)
    {
        var fields = Encoding.UTF8.GetBytes($"SFATAL\0VFATAL\0C{code}\0M{message}\0D{message}\0\0");
        byte[] packet = [(byte)'E', 0, 0, 0, 0, .. fields];
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(1), fields.Length + 4);
        return packet;
    }
}
