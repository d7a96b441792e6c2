using System.Net.Sockets;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>What a fault on the way to a silo means, for people.</summary>
internal static class SiloFaults
{
    /// <summary>The message of a fault that means: the other end has closed the connection, and did not say why.</summary>
    public const string HungUp = "Connection terminated";

    private const string HangsUp =
        "it hangs up, as a silo's port for other silos does (gateways connect to Silo:GatewayPort), or a silo of another cluster "
        + "(Cluster:ClusterId)";

    private const string Silent = "it does not answer";

    private const string UsesTls = "it uses TLS, and this gateway does not (Cluster:Tls)";

    /// <summary>Half a sentence.</summary>
    public static string Explain(Exception fault)
    {
        while (fault.InnerException is { } inner) fault = inner; // Orleans' outer exceptions say only that it failed
        return fault switch
        {
            TimeoutException => Silent,
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
            OperationCanceledException => HangsUp,
            _ when ClusterOf(fault.Message) is { } cluster => $"it is a silo of cluster {cluster} (Cluster:ClusterId)",
            // Orleans has an exception of its own for that.
            _ when fault.Message.Contains(" timed out after ", StringComparison.Ordinal) => Silent,
            _ when fault.Message.StartsWith(HungUp, StringComparison.Ordinal) => HangsUp,
            // Orleans takes a refusal in TLS' words for that.
            _ when fault.Message.Contains("sent preamble length of", StringComparison.Ordinal) => UsesTls,
            _ => fault.Message.Split(", will retry")[0].TrimEnd('.'), // we do that ourselves
        };
    }

    // Orleans: Unexpected cluster id "dev", expected "other". Whichever end finds out first hangs up, so that
    // this is said only if it was the gateway.
    private static string? ClusterOf(string message) => message.Split('"') is ["Unexpected cluster id ", var cluster, ..] ? cluster : null;
}
