using System.Collections.Immutable;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>The silos that answer, and which of them a connection goes to: the one with the fewest. Safe for any thread.</summary>
internal sealed class SiloLinks(BackendReachability reachability)
{
    // A new silo's share comes to it over a minute: as fast as that, hardly anybody notices, and slower it would be no help to a full cluster.
    private const double SharePerRound = 0.02;

    // Below this much more than its share a silo is left alone: connections come and go anyway.
    private const double Tolerance = 1.1;

    private readonly Lock _lock = new();
    private ImmutableArray<SiloLink> _links = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often <see cref="Balance"/> is to be called.</summary>
    public static TimeSpan Round { get; } = TimeSpan.FromSeconds(1);

    /// <summary>All that answer.</summary>
    public ImmutableArray<SiloLink> All
    {
        get
        {
            lock (_lock) return _links;
        }
    }

    /// <summary>A silo has answered.</summary>
    public void Add(SiloLink link)
    {
        lock (_lock)
        {
            _links = _links.Add(link);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            reachability.Answered(link.Name);
        }
    }

    /// <summary>A silo answers no more.</summary>
    public void Remove(SiloLink link, string why)
    {
        lock (_lock)
        {
            _links = _links.Remove(link);
            if (_links.IsEmpty) reachability.Lost($"{link.Name}: {why}");
        }

        link.Lose(); // after it cannot be chosen any more: who is woken chooses another
    }

    /// <summary>Whether the heart of any other silo has beaten since then.</summary>
    /// <param name="timestamp">As <see cref="SiloLink.AnsweredAt"/>.</param>
    /// <param name="otherThan">The one whose answer is missing.</param>
    public bool HasAnyAnswered(long timestamp, SiloLink otherThan)
    {
        foreach (var link in All)
        {
            if (link != otherThan && link.AnsweredAt >= timestamp) return true;
        }

        return false;
    }

    /// <summary>The silo for a connection; null when there is none.</summary>
    /// <param name="otherThan">The one that has just failed it: only if there is no other.</param>
    public SiloLink? TryChoose(SiloLink? otherThan = null) => Choose(All, otherThan);

    /// <summary>The silo for a connection, as soon as there is one.</summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async ValueTask<SiloLink> ChooseAsync(SiloLink? otherThan, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            ImmutableArray<SiloLink> links;
            lock (_lock) (changed, links) = (_changed.Task, _links);
            if (Choose(links, otherThan) is { } link) return link;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A round: lets connections go, a few at a time, from silos that have more than their share.</summary>
    public void Balance()
    {
        foreach (var link in All) link.Forgive();
        var staying = All.Where(l => !l.IsLeaving && !l.IsShunned).ToList();
        if (staying.Count is 0) return;
        var total = staying.Sum(l => (long)l.Connections);
        var share = (double)total / staying.Count;
        var atOnce = Math.Max(1, total * SharePerRound);
        foreach (var link in staying)
        {
            var surplus = link.Connections > share * Tolerance && link.Connections - share >= 2 ? Math.Min(link.Connections - share, atOnce) : 0;
            link.Dismiss((int)surplus);
        }
    }

    private static SiloLink? Choose(ImmutableArray<SiloLink> links, SiloLink? otherThan)
    {
        SiloLink? best = null;
        foreach (var link in links)
        {
            if (best is null || Rank(link) < Rank(best)) best = link;
        }

        return best;

        long Rank(SiloLink link) => link.Connections + (link.IsShunned ? 1L << 40 : 0) + (link.IsLeaving ? 1L << 41 : 0) + (link == otherThan ? 1L << 42 : 0);
    }
}
