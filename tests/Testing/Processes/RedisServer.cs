using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>A Redis that writes each change to its disk before it answers. A test that starts one is skipped where none is installed.</summary>
public sealed class RedisServer : StoreServer
{
    private const string Program = "redis-server";

    public override string ConnectionString => $"127.0.0.1:{Port}";

    protected override Signal Stop => Signal.Terminate;

    protected override Signal Crash => Signal.Kill;

    protected override string ReadyLine => "Ready to accept connections";

    /// <summary>Starts one without data.</summary>
    public static async Task<RedisServer> StartNewAsync()
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, Program))), $"{Program} is not installed.");
        var server = new RedisServer();
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
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal("+OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync($"Redis to answer '{command}'"));
    }

    protected override string[] Command() =>
    [
        Program, "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Folder,
        "--appendonly", "yes", "--appendfsync", "always", "--save", "",
    ];
}
