using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class BindFaultTests
{
    private static readonly IPEndPoint Port = new(IPAddress.Loopback, 7);

    [Theory]
    [InlineData(SocketError.AddressAlreadyInUse, "is in use by another process; choose another with --x ADDRESS or stop it.")]
    [InlineData(SocketError.AccessDenied, "is not permitted to this user; choose one above 1023 with --x ADDRESS or grant CAP_NET_BIND_SERVICE.")]
    [InlineData(SocketError.AddressFamilyNotSupported, "is of an address family that this machine does not have; choose another with --x ADDRESS.")]
    public void PortIsExplained(SocketError code, string words)
    {
        var fault = new IOException("outer", new SocketException((int)code));
        var described = BindFault.Describe(fault, new EndpointClaim("A:Address", Port, "--x ADDRESS"));
        Assert.Equal($"Port 7 of 127.0.0.1 (A:Address) {words}", described.Message);
        Assert.Equal(ExitCode.CannotBind, described.ExitCode);
        Assert.Same(fault, described.InnerException);
    }

    [Fact]
    public void AddressIsTheCulprit_WhenItIsNotThisMachines()
    {
        var (fault, foreign) = (new SocketException((int)SocketError.AddressNotAvailable), new IPEndPoint(IPAddress.Parse("10.9.9.9"), 22_000));
        Assert.Equal("10.9.9.9 (A:Address) is not an address of this machine; choose one of its own, or *, with --x ADDRESS.", Describe(fault, foreign));
        var apart = new EndpointClaim("A:Port", foreign, "--A:Port=PORT") { AddressKey = "A:Address" };
        Assert.Equal("10.9.9.9 (A:Address) is not an address of this machine; choose one of its own with --A:Address=ADDRESS.", BindFault.Describe(fault, apart).Message);
    }

    [Fact]
    public void PortIsInUse_WhenKestrelSaysSoWithoutACode()
    {
        var fault = new IOException("outer", new AddressInUseException("in use", new InvalidOperationException("inner")));
        Assert.Contains("is in use by another process", Describe(fault, Port), StringComparison.Ordinal);
    }

    [Fact]
    public void InnermostCauseIsTold_WhenNothingBetterIsKnown()
    {
        var fault = new IOException("outer", new InvalidOperationException("The kernel is in a bad mood."));
        Assert.Equal("Port 7 of 127.0.0.1 (A:Address) cannot be bound: The kernel is in a bad mood; choose another with --x ADDRESS.", Describe(fault, Port));
    }

    [Fact]
    public void SocketIsInUse_WhenAnotherListensThere()
    {
        var folder = Directory.CreateTempSubdirectory("orleansecho-");
        try
        {
            var path = new UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "s"));
            using var first = Bind(path);
            var fault = Assert.Throws<SocketException>(() => Bind(path));
            Assert.Equal($"Socket {path} (A:Address) is in use by another process; choose another with --x ADDRESS or stop it.", Describe(fault, path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void FolderIsNamedAsTheCulprit_WhenASocketsFolderIsMissing()
    {
        var path = new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "s"));
        var fault = Assert.Throws<SocketException>(() => Bind(path));
        Assert.Equal($"Socket {path} (A:Address) is in a folder that does not exist; create it or choose another with --x ADDRESS.", Describe(fault, path));
    }

    [Fact]
    public void PermissionIsExplained_WhenASocketsFolderIsNotOurs()
    {
        var path = new UnixDomainSocketEndPoint("/somewhere/s");
        Assert.Equal(
            "Socket /somewhere/s (A:Address) is not permitted to this user; choose a path in a folder that it may write to with --x ADDRESS.",
            Describe(new SocketException((int)SocketError.AccessDenied), path));
    }

    private static string Describe(Exception fault, EndPoint endPoint) => BindFault.Describe(fault, new EndpointClaim("A:Address", endPoint, "--x ADDRESS")).Message;

    private static Socket Bind(UnixDomainSocketEndPoint path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(path);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
