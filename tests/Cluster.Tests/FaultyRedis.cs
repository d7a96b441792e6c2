using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Speaks the protocol of Redis, as far as errors go.</summary>
internal sealed class FaultyRedis : FaultyStore
{
    public override string Kind => "Redis";

    public override string Membership => "redis";

    public override string Provider => "redis";

    // Two seconds each by default, and a test waits for them in a row.
    public override string ConnectionString(string user, string password) =>
        $"127.0.0.1:{Port},connectTimeout=500,asyncTimeout=500,syncTimeout=500,connectRetry=1,user={user},password={password}";

    protected override async Task PlayAsync(NetworkStream stream, Wrong wrong, Action<string> served)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        var isKnown = false;
        while (await ReadAsync(reader) is { } command)
        {
            var login = Array.FindIndex(command, word => word is "AUTH");
            if (login >= 0)
            {
                isKnown = true;
                served(command[login + 1]);
            }

            if (wrong is Wrong.Silent || (wrong is Wrong.HangsUp && !isKnown)) continue;
            var answer = wrong switch
            {
                Wrong.HangsUp => "-ERR unkn",
                Wrong.Repeats => $"-ERR unknown command '{command[0]}', with args beginning with: {string.Join(' ', command[1..].Select(a => $"'{a}'"))} \r\n",
                Wrong.Refuses when login >= 0 => $"-WRONGPASS invalid username-password pair: '{command[login + 1]}' '{command[login + 2]}'\r\n",
                _ => "-NOAUTH Authentication required.\r\n",
            };
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
            if (wrong is Wrong.HangsUp) return;
        }
    }

    // An array of strings; null at the end.
    private static async Task<string[]?> ReadAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync() is not ['*', .. var count]) return null;
        var words = new string[int.Parse(count, CultureInfo.InvariantCulture)];
        for (var i = 0; i < words.Length; i++)
        {
            if (await reader.ReadLineAsync() is not ['$', .. var length]) return null;
            var word = new char[int.Parse(length, CultureInfo.InvariantCulture) + "\r\n".Length];
            if (await reader.ReadBlockAsync(word) < word.Length) return null;
            words[i] = new string(word, 0, word.Length - "\r\n".Length);
        }

        return words;
    }
}
