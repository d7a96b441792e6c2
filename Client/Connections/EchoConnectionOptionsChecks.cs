using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Connections;

/// <summary>What is wrong with the options of a connection: one line each, all of them.</summary>
internal static class EchoConnectionOptionsChecks
{
    /// <summary>The shortest time that an option or a call may wait.</summary>
    public static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest time that an option or a call may wait.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    // As the gateway's: a listener takes no longer ones.
    private const int MostMessageBytes = 16 * 1024 * 1024;
    private const int MostRequestsInFlight = 65_536;

    // What waits to be sent lies in one array, which ends at 2 GiB.
    private const long MostBytesInFlight = 1024 * 1024 * 1024;

    public static void Check(EchoConnectionOptions options, string prefix, List<string> faults)
    {
        if (string.Equals(options.Framing, Framings.Raw.Name, StringComparison.OrdinalIgnoreCase))
            faults.Add($"{prefix}Framing: 'raw' has no messages, so no echo can be told from the next; use {Messages()}.");
        else if (!Framings.TryGet(options.Framing ?? "", out _))
            faults.Add($"{prefix}Framing: '{options.Framing}' is no framing; use {Messages()}.");
        CheckRange(options.MaxMessageBytes, 1, MostMessageBytes, $"{prefix}MaxMessageBytes", faults);
        CheckRange(options.MaxRequestsInFlight, 1, MostRequestsInFlight, $"{prefix}MaxRequestsInFlight", faults);
        if (options is { MaxMessageBytes: <= MostMessageBytes, MaxRequestsInFlight: > 0 and <= MostRequestsInFlight } && (long)options.MaxMessageBytes * options.MaxRequestsInFlight > MostBytesInFlight)
            faults.Add($"{prefix}MaxRequestsInFlight: {options.MaxRequestsInFlight} messages of MaxMessageBytes are more than 1 GiB on one connection; {MostBytesInFlight / options.MaxMessageBytes} are not.");
        CheckRange(options.ConnectTimeout, ShortestTimeout, LongestTimeout, $"{prefix}ConnectTimeout", faults);
        CheckRange(options.RequestTimeout, ShortestTimeout, LongestTimeout, $"{prefix}RequestTimeout", faults);
        if (options.Tls is { } tls) _ = TlsFiles.Read(tls, $"{prefix}Tls:", faults);
    }

    /// <summary>Adds a fault when a value lies outside its range.</summary>
    public static void CheckRange<T>(T value, T least, T most, string key, List<string> faults)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            faults.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{key}: {value} is not between {least} and {most}."));
    }

    private static string Messages() => string.Join(" or ", Framings.Names.Where(name => name != Framings.Raw.Name));
}
