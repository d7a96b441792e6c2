using System.Net;

namespace OrleansEcho.Client.Connections;

/// <summary>Makes connections: sockets and TLS, or what a test scripts instead.</summary>
internal interface IConnector
{
    /// <summary>Connects, with the TLS handshake where there is one.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="host">The name that the server has to prove, where it has to prove one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The bytes of both directions; whoever has it disposes of it.</returns>
    /// <exception cref="IOException">It did not work out.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It did not work out.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS found something wrong.</exception>
    ValueTask<Stream> ConnectAsync(EndPoint endPoint, string host, CancellationToken cancellationToken);
}
