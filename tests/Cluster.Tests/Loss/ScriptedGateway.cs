using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>Takes lines and sends back what a test says: what a load is shown when nothing, or not the right thing, comes back.</summary>
internal sealed class ScriptedGateway : IAsyncDisposable
{
    private readonly Func<string, Task<string?>> _answer;
    private readonly string _farewell;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    /// <summary>Listens.</summary>
    /// <param name="answer">What a line is answered with, when it is time, line by line of a connection; null ends the connection.</param>
    /// <param name="farewell">What is sent to a connection that sends nothing more.</param>
    public ScriptedGateway(Func<string, Task<string?>> answer, string farewell = "")
    {
        (_answer, _farewell) = (answer, farewell);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public EndPoint Line => _listener.LocalEndpoint;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var peers = new List<Task>();
        try
        {
            while (true) peers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(peers);
        }
    }

    private async Task AnswerAsync(TcpClient peer)
    {
        using (peer)
        {
            try
            {
                peer.NoDelay = true;
                var stream = peer.GetStream();
                using var lines = new StreamReader(stream, Encoding.Latin1);
                while (await lines.ReadLineAsync(_end.Token) is { } line)
                {
                    if (await _answer(line).WaitAsync(_end.Token) is not { } words) return;
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(words), _end.Token);
                }

                await stream.WriteAsync(Encoding.Latin1.GetBytes(_farewell), _end.Token);
            }
            catch (Exception fault) when (fault is OperationCanceledException or IOException)
            {
                // The test, or the peer, has ended.
            }
        }
    }
}
