using System.Collections.Concurrent;
using System.Globalization;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>
/// Counts from outside how many connections were held. One was certainly held from the arrival of its first echo to the sending of the
/// last message that was echoed: whenever the gateway looked at that message, it was later, and it served it.
/// </summary>
internal sealed class HoldAudit
{
    private readonly ConcurrentQueue<Hold> _holds = new();
    private readonly ConcurrentDictionary<string, int> _words = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly ConcurrentDictionary<string, int> _admitted = new();
    private long _echoes;

    /// <summary>Answers that were neither the echo nor a refusal.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>Connections that were held.</summary>
    public int Count => _holds.Count;

    /// <summary>How many connections each gateway has admitted so far, by its name.</summary>
    public IReadOnlyDictionary<string, int> Admissions => new SortedDictionary<string, int>(_admitted, StringComparer.Ordinal);

    /// <summary>A connection had its first echo.</summary>
    public void Admitted(string gateway) => _admitted.AddOrUpdate(gateway, 1, (_, n) => n + 1);

    /// <summary>A connection was held.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="from">When its first echo had arrived.</param>
    /// <param name="to">When the last message was sent that was echoed.</param>
    public void Held(string gateway, long from, long to)
    {
        if (to > from) _holds.Enqueue(new Hold(gateway, from, to));
    }

    /// <summary>A message came back as it was.</summary>
    public void Echoed() => Interlocked.Increment(ref _echoes);

    /// <summary>How a connection ended, in a word.</summary>
    public void Ended(string word) => _words.AddOrUpdate(word, 1, (_, n) => n + 1);

    /// <summary>A connection got what was not for it.</summary>
    public void GotWrongBytes(string sent, string got) => _wrong.Enqueue($"sent '{sent}', got '{got}'");

    /// <summary>The instant at which most connections were held: exact, over the intervals.</summary>
    /// <param name="before">Only those that began before.</param>
    public (int Held, long At, string Where) Worst(long before = long.MaxValue)
    {
        // At the same tick one goes before another comes: what cannot be told apart is not held against the product.
        var events = _holds.Where(h => h.From < before).SelectMany(h => new (long At, int Change, string Gateway)[] { (h.From, 1, h.Gateway), (h.To, -1, h.Gateway) })
            .OrderBy(e => e.At).ThenBy(e => e.Change);
        var (held, worst, at) = (0, 0, 0L);
        var byGateway = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var where = "";
        foreach (var (time, change, gateway) in events)
        {
            held += change;
            byGateway[gateway] = byGateway.GetValueOrDefault(gateway) + change;
            if (held <= worst) continue;
            (worst, at) = (held, time);
            where = string.Join(", ", byGateway.Select(g => $"{g.Key} {g.Value}"));
        }

        return (worst, at, where);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_holds.Count} connections held, {_echoes} echoes; ends: {string.Join(", ", _words.OrderByDescending(w => w.Value).Select(w => $"{w.Key} {w.Value}"))}");

    private readonly record struct Hold(string Gateway, long From, long To);
}
