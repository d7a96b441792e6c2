using System.Net.Sockets;
using System.Runtime.InteropServices;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>A TCP connection. Its callbacks run where the system tells of bytes (see <see cref="InlineCompletions"/>), so that a message costs no switch of threads.</summary>
internal sealed class SocketTransport : Transport
{
    private readonly Socket _socket;
    private readonly Receiver _receiver;
    private readonly Sender _sender;

    public SocketTransport(Socket socket) => (_socket, _receiver, _sender) = (socket, new Receiver(this), new Sender(this));

    public override void Start() => Receive();

    public override bool Send(ReadOnlyMemory<byte> bytes)
    {
        _sender.SetBuffer(MemoryMarshal.AsMemory(bytes));
        try
        {
            return !_socket.SendAsync(_sender) && Sent();
        }
        catch (ObjectDisposedException)
        {
            return true; // who closed it has told the sink
        }
    }

    public override void Dispose() => _socket.Dispose();

    private static ErrorClass ClassOf(SocketError error) => error is SocketError.TimedOut ? ErrorClass.Timeout : ErrorClass.Reset;

    private bool Sent()
    {
        if (_sender.SocketError is SocketError.Success) return true;
        if (_sender.SocketError is not SocketError.OperationAborted) Sink.Ended(this, ClassOf(_sender.SocketError));
        return true;
    }

    private void Receive()
    {
        try
        {
            do
            {
                _receiver.SetBuffer(Sink.ReceiveBuffer);
                if (_socket.ReceiveAsync(_receiver)) return;
            }
            while (Received());
        }
        catch (ObjectDisposedException)
        {
            // Who closed it has told the sink.
        }
    }

    // Whether to go on.
    private bool Received()
    {
        switch (_receiver)
        {
            case { SocketError: SocketError.Success, BytesTransferred: > 0 and var count }:
                Sink.Received(this, count);
                return true;
            case { SocketError: SocketError.Success }:
                Sink.Ended(this, null);
                return false;
            case { SocketError: SocketError.OperationAborted }:
                return false;
            default:
                Sink.Ended(this, ClassOf(_receiver.SocketError));
                return false;
        }
    }

    private sealed class Receiver(SocketTransport owner) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            if (owner.Received()) owner.Receive();
        }
    }

    private sealed class Sender(SocketTransport owner) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            owner.Sent();
            owner.Sink.Sent(owner);
        }
    }
}
