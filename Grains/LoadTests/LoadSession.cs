using OrleansEcho.Grains.Interfaces.LoadTests;

namespace OrleansEcho.Grains.LoadTests;

/// <summary>
/// Carries a conductor's orders to its workers, and their reports back. One newest sign of each is all there is, so that memory is bounded, nothing depends
/// on how often a call was repeated, and an empty one is as good as the one that was lost.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="memory">What all sessions of the silo may hold.</param>
internal sealed class LoadSession(TimeProvider time, LoadSessionMemory memory)
{
    /// <summary>How many workers a session has at most.</summary>
    public const int MostWorkers = 256;

    /// <summary>The most bytes of a plan, a report or a progress.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    /// <summary>After so long without a word a conductor has left the session to others, and a worker is in no list any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MostName = 200;

    // A sentence for people; what is longer is cut.
    private const int MostFault = 1000;

    private readonly Dictionary<string, Worker> _workers = [];
    private ConductorSign? _conductor;
    private long _conductorHeard;

    /// <summary>A worker speaks.</summary>
    /// <exception cref="ArgumentException">It makes no sense, or is too much.</exception>
    public WorkerOrder Work(WorkerSign sign)
    {
        if (sign.Worker.Length is 0 or > MostName || sign.Name.Length > MostName || sign.Run.Length > MostName) throw new ArgumentException($"A worker has a name of 1 to {MostName} characters.", nameof(sign));
        if (sign.Report.Length > MostBytes || sign.Progress.Length > MostBytes) throw new ArgumentException($"A report has {MostBytes} bytes at most.", nameof(sign));
        if (sign.Fault.Length > MostFault) sign = sign with { Fault = sign.Fault[..MostFault] };
        Forget();
        var before = _workers.GetValueOrDefault(sign.Worker);
        if (before is null && _workers.Count >= MostWorkers) throw new ArgumentException($"A session has {MostWorkers} workers at most.", nameof(sign));

        // Calls may overtake each other: the newest report stays, whoever comes last.
        if (before?.Sign is { Report.Length: > 0 } last && last.Run == sign.Run && (sign.Report.Length is 0 || sign.ReportNumber < last.ReportNumber))
        {
            sign = sign with { Report = last.Report, ReportNumber = last.ReportNumber };
        }

        if (!memory.TryReplace(before is null ? 0 : BytesOf(before.Sign), BytesOf(sign))) sign = sign with { Report = [], Progress = [] }; // it is not received, and so comes again
        _workers[sign.Worker] = new Worker(sign, time.GetTimestamp());
        var index = _conductor is null ? -1 : Array.IndexOf(_conductor.Crew, sign.Worker);
        if (index < 0) return new WorkerOrder();
        var isOurs = sign.Run == _conductor!.Run;
        var taken = isOurs ? TakenOf(_conductor, index) : 0;
        return new WorkerOrder
        {
            Run = _conductor.Run,
            Order = _conductor.Order,
            Plan = isOurs ? [] : _conductor.Plan,
            Index = index,
            Count = _conductor.Crew.Length,
            StartIn = _conductor.StartIn - time.GetElapsedTime(_conductorHeard),
            ReportReceived = isOurs && sign.Report.Length > 0 ? Math.Max(sign.ReportNumber, taken) : taken,
            ReportTaken = taken,
        };
    }

    /// <summary>The conductor speaks. The first one has the session until it says that its run is over, or is silent for too long.</summary>
    /// <exception cref="ArgumentException">It makes no sense, or is too much.</exception>
    public SessionSign Conduct(ConductorSign sign)
    {
        if (sign.Run.Length is 0 or > MostName) throw new ArgumentException($"A run has a name of 1 to {MostName} characters.", nameof(sign));
        if (sign.Plan.Length > MostBytes || sign.Crew.Length > MostWorkers || sign.Taken.Length > MostWorkers) throw new ArgumentException($"A plan has {MostBytes} bytes, and a crew {MostWorkers} workers at most.", nameof(sign));
        if (sign.Crew.Any(worker => worker.Length > MostName)) throw new ArgumentException($"A worker has a name of 1 to {MostName} characters.", nameof(sign));
        Forget();
        if (_conductor is { } other && other.Run != sign.Run) return new SessionSign { Run = other.Run };
        if (!memory.TryReplace(_conductor?.Plan.Length ?? 0, sign.IsOver ? 0 : sign.Plan.Length))
        {
            _conductor = null;
            throw new ArgumentException("This silo's load sessions hold as much as they may; try again when others are over.", nameof(sign));
        }

        _conductor = sign.IsOver ? null : sign;
        _conductorHeard = time.GetTimestamp();
        for (var i = 0; i < sign.Crew.Length; i++)
        {
            // What was taken is not kept.
            if (_workers.TryGetValue(sign.Crew[i], out var worker) && worker.Sign.Run == sign.Run && worker.Sign.ReportNumber <= TakenOf(sign, i))
            {
                memory.TryReplace(worker.Sign.Report.Length, 0);
                _workers[sign.Crew[i]] = worker with { Sign = worker.Sign with { Report = [] } };
            }
        }

        return new SessionSign { Run = sign.Run, Workers = [.. _workers.Values.Select(w => new SessionWorker { Sign = w.Sign, Silence = time.GetElapsedTime(w.Heard) })] };
    }

    /// <summary>Holds nothing any more.</summary>
    public void Clear()
    {
        memory.TryReplace((_conductor?.Plan.Length ?? 0) + _workers.Values.Sum(w => BytesOf(w.Sign)), 0);
        _conductor = null;
        _workers.Clear();
    }

    private static long BytesOf(WorkerSign sign) => (long)sign.Report.Length + sign.Progress.Length;

    private static long TakenOf(ConductorSign conductor, int index) => index < conductor.Taken.Length ? conductor.Taken[index] : 0;

    private void Forget()
    {
        if (_conductor is not null && time.GetElapsedTime(_conductorHeard) > Patience)
        {
            memory.TryReplace(_conductor.Plan.Length, 0);
            _conductor = null;
        }

        foreach (var (key, worker) in _workers)
        {
            if (time.GetElapsedTime(worker.Heard) <= Patience) continue;
            memory.TryReplace(BytesOf(worker.Sign), 0);
            _workers.Remove(key);
        }
    }

    private sealed record Worker(WorkerSign Sign, long Heard);
}
