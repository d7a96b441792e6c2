using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>Finds out why nobody answers at an address: clients of stores wrap it in sentences of their own, or leave it out.</summary>
public static class Reachability
{
    // As a store's client waits; this is about words only.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Half a sentence.</summary>
    internal static async Task<string> ExplainAsync(EndPoint server, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var socket = server is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server, patience.Token);
            return "no answer";
        }
        catch (SocketException fault)
        {
            return Words(fault);
        }
        catch (OperationCanceledException)
        {
            return "no answer";
        }
    }

    /// <summary>Half a sentence.</summary>
    public static string Words(SocketException fault) => Lower(fault.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "no such host",
        _ => fault.Message.Split(" [::")[0].Split(" 127.")[0].TrimEnd('.'), // some end with the address, which is named already
    });

    /// <summary>A library's sentence as a part of ours.</summary>
    public static string Lower(string sentence) => sentence.Length > 1 && char.IsUpper(sentence[0]) && !char.IsUpper(sentence[1]) ? char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence;
}
