using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Silo;

/// <summary>
/// Reads <c>Silo:Address</c>. In a container nobody can know the address beforehand: <c>auto</c> is the only one that this machine has
/// besides loopback. Where it has several, to guess would lead to a silo that others cannot reach, so that a person is asked.
/// </summary>
/// <param name="read">The machine's addresses.</param>
internal sealed class OwnAddress(Func<IReadOnlyList<IPAddress>> read)
{
    /// <summary>The word that stands for the machine's own address.</summary>
    public const string Auto = "auto";

    private const string Key = $"{SiloHostOptions.Section}:{nameof(SiloHostOptions.Address)}";

    public OwnAddress()
        : this(ReadFromSystem)
    {
    }

    /// <summary>Reads an address that has been found valid.</summary>
    public IPAddress Read(string text)
    {
        var (address, fault) = TryRead(text);
        return address ?? throw new FormatException(fault);
    }

    /// <summary>Reads an address; total.</summary>
    /// <returns>The address, or null and what is wrong.</returns>
    public (IPAddress? Address, string Fault) TryRead(string text)
    {
        if (text.Equals(Auto, StringComparison.OrdinalIgnoreCase)) return Choose();
        return IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? (address, "")
            : (null, $"{Key}: {Shown.Value(text)} is not an IP address that others could connect to, such as 127.0.0.1, or {Auto}.");
    }

    private (IPAddress? Address, string Fault) Choose()
    {
        var own = read();
        var candidates = own.Where(a => a.AddressFamily is AddressFamily.InterNetwork).ToList();
        if (candidates.Count is 0) candidates = [.. own]; // IPv6 where there is nothing else: what has both is reached by IPv4, too
        return candidates.Count switch
        {
            1 => (candidates[0], ""),
            0 => (null, $"{Key}: {Auto} finds no address besides loopback; connect this machine to a network, or set the address."),
            _ => (null, $"{Key}: {Auto} finds {string.Join(" and ", candidates)}; set the one by which other silos and gateways reach this silo."),
        };
    }

    private static List<IPAddress> ReadFromSystem() =>
    [
        .. from network in NetworkInterface.GetAllNetworkInterfaces()
           where network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown // some virtual ones do not tell
           where network.NetworkInterfaceType is not NetworkInterfaceType.Loopback
           from unicast in network.GetIPProperties().UnicastAddresses
           let address = unicast.Address
           where !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !(address.GetAddressBytes() is [169, 254, ..])
           select address,
    ];
}
