namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>Makes what a stranger wrote into a certificate fit for a line of the log.</summary>
internal static class PeerText
{
    private const int Longest = 100;

    public static string Of(string text) =>
        Shown.Text(text.Length > Longest ? text[..Longest] + "..." : text);
}
