using System.Net.Security;
using System.Net.Sockets;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>A TLS connection.</summary>
internal sealed class TlsTransport(SslStream stream) : Transport
{
    private volatile bool _isDisposed;

    public override void Start()
    {
        _ = ReceiveAsync();
    }

    public override bool Send(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var sending = stream.WriteAsync(bytes, CancellationToken.None);
            if (sending.IsCompletedSuccessfully) return true;
            _ = FinishAsync(sending.AsTask());
            return false;
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or InvalidOperationException)
        {
            End(ErrorClass.Reset);
            return true;
        }
    }

    public override void Dispose()
    {
        _isDisposed = true;
        stream.Dispose();
    }

    private async Task FinishAsync(Task sending)
    {
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!sending.IsCompletedSuccessfully) End(ErrorClass.Reset);
        Sink.Sent(this);
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await stream.ReadAsync(Sink.ReceiveBuffer, CancellationToken.None) is > 0 and var count) Sink.Received(this, count);
            End(null);
        }
        catch (IOException fault) when (fault.InnerException is not SocketException)
        {
            End(ErrorClass.Tls); // an alert, or what is no TLS: with TLS 1.3 a server looks at our certificate when we are through with the handshake
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or InvalidOperationException)
        {
            End(ErrorClass.Reset);
        }
    }

    private void End(ErrorClass? fault)
    {
        if (!_isDisposed) Sink.Ended(this, fault);
    }
}
