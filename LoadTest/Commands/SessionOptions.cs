using System.CommandLine;
using OrleansEcho.LoadTest.Workers;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The options of a command that say where load testers meet.</summary>
internal sealed class SessionOptions
{
    private const string Group = "Several load testers";
    private const string UsualSession = "default";

    private readonly LoadOption _session;
    private readonly LoadOption _silos;
    private readonly LoadOption _cluster;

    /// <summary>Adds them to a command.</summary>
    public SessionOptions(LoadCommand command)
    {
        _session = command.Value(Group, "--session", "NAME", $"The session where workers are met ({UsualSession}).");
        _silos = command.Values(Group, "--silo", "ADDRESS:PORT", "A silo's port for gateways (Backend__Silos of the environment, or 127.0.0.1:30000); with Cluster__Membership in the environment, the store says it.");
        _cluster = command.Value(Group, "--cluster-id", "NAME", "The cluster's name (Cluster__ClusterId of the environment, or dev).");
    }

    /// <summary>What a command line says.</summary>
    public SessionSettings In(ParseResult parsed) => new(_session.ValuesIn(parsed).FirstOrDefault(UsualSession), _silos.ValuesIn(parsed), _cluster.ValuesIn(parsed).FirstOrDefault());
}
