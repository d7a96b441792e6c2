using System.Net;
using System.Text;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>Takes lines and sends back what a test says: what a load is shown when nothing, or not the right thing, comes back.</summary>
internal sealed class ScriptedGateway : IAsyncDisposable
{
    private readonly Func<string, Task<string?>> _answer;
    private readonly string _farewell;
    private readonly LoopbackServer _server;

    /// <summary>Listens.</summary>
    /// <param name="answer">What a line is answered with, when it is time, line by line of a connection; null ends the connection.</param>
    /// <param name="farewell">What is sent to a connection that sends nothing more.</param>
    public ScriptedGateway(Func<string, Task<string?>> answer, string farewell = "")
    {
        (_answer, _farewell) = (answer, farewell);
        _server = new LoopbackServer(AnswerAsync);
    }

    public EndPoint Line => _server.Address;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(LoopbackServer.Connection peer)
    {
        using var lines = new StreamReader(peer.Stream, Encoding.Latin1);
        while (await lines.ReadLineAsync(_server.Stopping) is { } line)
        {
            if (await _answer(line).WaitAsync(_server.Stopping) is not { } words) return;
            await peer.Stream.WriteAsync(Encoding.Latin1.GetBytes(words), _server.Stopping);
        }

        await peer.Stream.WriteAsync(Encoding.Latin1.GetBytes(_farewell), _server.Stopping);
    }
}
