using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>A Redis that writes each change to its disk before it answers. A test that starts one is skipped where none is installed.</summary>
public sealed class RedisServer(string address, IReadOnlyList<string> through) : StoreServer(address, through)
{
    private const string Program = "redis-server";

    private string? _password;

    public override string ConnectionString => $"{Address}:{Port}";

    protected override Signal Stop => Signal.Terminate;

    protected override Signal Crash => Signal.Kill;

    protected override string ReadyLine => "Ready to accept connections";

    /// <summary>Starts one without data.</summary>
    /// <param name="address">Where it listens; it lets everybody in who can reach that.</param>
    /// <param name="through">A command that becomes it; none when empty.</param>
    public static async Task<RedisServer> StartNewAsync(string address = "127.0.0.1", params IReadOnlyList<string> through)
    {
        OutsideProgram.SkipUnlessInstalled(Program);
        var server = new RedisServer(address, through);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of Redis.</summary>
    public async Task ExecuteAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        string[] commands = _password is null ? [command] : [$"AUTH {_password}", command];
        foreach (var line in commands)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), TestContext.Current.CancellationToken);
            Assert.Equal("+OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync($"Redis to answer '{line}'"));
        }
    }

    /// <summary>Lets nobody in any more who does not know the password; until it stops.</summary>
    /// <param name="password">One word.</param>
    public async Task RequirePasswordAsync(string password)
    {
        await ExecuteAsync($"CONFIG SET requirepass {password}");
        _password = password;
    }

    protected override string[] Command() =>
    [
        Program, "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", Address, "--protected-mode", "no", "--dir", Folder,
        "--appendonly", "yes", "--appendfsync", "always", "--save", "",
    ];
}
