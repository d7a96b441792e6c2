using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using k8s.Autorest;
using OrleansEcho.Silo.Kubernetes;

namespace OrleansEcho.Silo.Tests.Kubernetes;

/// <summary>Why Kubernetes cannot be asked, in half a sentence for a person.</summary>
public sealed class AgentOutageTests
{
    public static TheoryData<Exception, string> Faults => new()
    {
        { Answer("GET", HttpStatusCode.Forbidden, """{"kind":"Status","message":"pods is forbidden: User \"a\" cannot list it."}"""), "pods is forbidden: User \"a\" cannot list it" },
        { Answer("PATCH", HttpStatusCode.Forbidden, "{}"), "this pod's labels orleans/clusterId and orleans/serviceId are not Cluster:ClusterId and Cluster:ServiceId, and it may not change them" },
        { Answer("GET", HttpStatusCode.Unauthorized, "{}"), "it does not accept this pod's token" },
        { Answer("GET", HttpStatusCode.ServiceUnavailable, "<html>\n<body>"), "it answers with 503" },
        { Answer("GET", HttpStatusCode.BadGateway, "[1]"), "it answers with 502" },
        { new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused)), "connection refused" },
        { new HttpRequestException("x", new AuthenticationException("y")), "its certificate is not by the authority in ca.crt, or for another name" },
        { new TaskCanceledException(), "no answer" },
        { new InvalidDataException("Two\nlines."), "two lines" },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void FaultIsSaidInHalfASentence(Exception fault, string words) => Assert.Equal(words, AgentOutage.Words(fault));

    private static HttpOperationException Answer(string method, HttpStatusCode code, string content)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "https://localhost/api");
        using var response = new HttpResponseMessage(code);
        return new("no words for a person") { Request = new HttpRequestMessageWrapper(request, ""), Response = new HttpResponseMessageWrapper(response, content) };
    }
}
