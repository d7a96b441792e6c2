using System.CommandLine;
using System.Globalization;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Workers;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The options of a command that loads: by this process, or by workers.</summary>
internal sealed class WorkerOptions
{
    private const int MostWorkers = 256;

    private readonly ILoadRunner _local;
    private readonly Func<SessionSettings, int, ILoadRunner> _cluster;
    private readonly LoadOption _workers;
    private readonly SessionOptions _session;

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="local">Loads by this process.</param>
    /// <param name="cluster">Loads by the workers of a session.</param>
    public WorkerOptions(LoadCommand command, ILoadRunner local, Func<SessionSettings, int, ILoadRunner> cluster)
    {
        (_local, _cluster) = (local, cluster);
        _workers = command.Value("Several load testers", "--workers", "N", "Lets N processes load together, which were started with the command 'worker' (this one alone).");
        _session = new SessionOptions(command);
    }

    /// <summary>What loads.</summary>
    /// <returns>It; or what is wrong with how the options stand there.</returns>
    public (ILoadRunner? Runner, string? Fault) In(ParseResult parsed)
    {
        if (_workers.ValuesIn(parsed) is not [var text]) return (_local, null);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) && workers is > 0 and <= MostWorkers
            ? (_cluster(_session.In(parsed), workers), null)
            : (null, $"--workers: '{text}' is no number from 1 to {MostWorkers}; write one.");
    }
}
