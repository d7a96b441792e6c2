namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Between gateways and the quota: messages are late, lost, repeated, and overtake each other.</summary>
internal sealed class SimulatedNetwork(World world, int latency)
{
    // Late enough to come after requests that were made since, and to another activation.
    private const int LatestRepetition = 4_000;

    private readonly Dictionary<int, long> _cutOffUntil = [];
    private long _losesUntil;
    private long _delaysUntil;
    private long _repeatsUntil;
    private int _lostPercent;
    private int _mostDelay;
    private int _repeatedPercent;

    /// <summary>When the last message arrives that is under way.</summary>
    public long LatestArrival { get; private set; }

    public void CutOff(int gateway, int length) => _cutOffUntil[gateway] = world.Now + length;

    public void Lose(int length, int percent) => (_losesUntil, _lostPercent) = (world.Now + length, percent);

    public void Delay(int length, int most) => (_delaysUntil, _mostDelay) = (world.Now + length, most);

    public void Repeat(int length, int percent) => (_repeatsUntil, _repeatedPercent) = (world.Now + length, percent);

    public void Recover()
    {
        _cutOffUntil.Clear();
        _losesUntil = _delaysUntil = _repeatsUntil = 0;
    }

    /// <summary>Carries a message from or to a gateway.</summary>
    public void Carry(int gateway, Dice dice, Actor? receiver, Action deliver)
    {
        if (IsLost()) return;
        DeliverAfter(Delay(), () =>
        {
            if (world.Now >= _cutOffUntil.GetValueOrDefault(gateway)) deliver();
        });
        if (world.Now < _repeatsUntil && dice.Chance(_repeatedPercent)) DeliverAfter(Delay() + dice.Roll(LatestRepetition), deliver);

        void DeliverAfter(int delay, Action action)
        {
            LatestArrival = Math.Max(LatestArrival, world.Now + delay);
            world.After(delay, receiver, action);
        }

        bool IsLost() => world.Now < _cutOffUntil.GetValueOrDefault(gateway) || (world.Now < _losesUntil && dice.Chance(_lostPercent));
        int Delay() => 1 + dice.Roll(world.Now < _delaysUntil ? _mostDelay : latency);
    }
}
