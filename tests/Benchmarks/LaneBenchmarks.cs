using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using OrleansEcho.Benchmarks.Parts;
using OrleansEcho.Gateway.Backend.Lanes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Benchmarks;

// Not sealed: BenchmarkDotNet derives from it.
/// <summary>
/// What a busy lane costs the gateway besides the call: to gather the sets that have come while one was out, to send them when it returns,
/// and to give each connection its answer; per batch. The connections go on on the thread pool, because the benchmarks' process has no
/// socket threads: dearer than in a gateway.
/// </summary>
[MemoryDiagnoser]
[InProcess] // a project generated elsewhere would not find this one, whose assembly is not named as its file
public class LaneBenchmarks
{
    // While these connections' sets are out, the others' are gathered, and the other way round.
    private readonly PendingSet[][] _connections = new PendingSet[2][];
    private readonly MessageSet _set = new(sequence: 1, new byte[32], lengths: null);
    private readonly AllocationFreeLane _silo = new();
    private ValueTask<BatchedSet>[] _out = [];
    private ValueTask<BatchedSet>[] _gathered = [];
    private SetLane _lane = null!;
    private int _turn;

    /// <summary>How many connections' sets travel together.</summary>
    [Params(1, 16, 256)]
    public int Sets { get; set; }

    /// <summary>Makes the line busy: a set that went alone does not return, and the first batch is out.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _lane = new SetLane(_silo, new StillTime(), CancellationToken.None);
        if (!_lane.TryGoAlone()) throw new InvalidOperationException("A new lane is not idle.");
        (_out, _gathered) = (new ValueTask<BatchedSet>[Sets], new ValueTask<BatchedSet>[Sets]);
        for (var i = 0; i < _connections.Length; i++) _connections[i] = [.. Enumerable.Range(1, Sets).Select(n => new PendingSet(n))];
        Gather();
        (_out, _gathered) = (_gathered, _out);
        SpinWait.SpinUntil(() => _silo.Waiting > 0); // the thread pool sends the first
    }

    /// <summary>Gathered while a batch is out, sent when it returns; and that one delivered.</summary>
    [Benchmark]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask GatherCarryAndDeliver()
    {
        Gather();
        _silo.Give();
        for (var i = 0; i < _out.Length; i++) await _out[i];
        (_out, _gathered) = (_gathered, _out);
    }

    private void Gather()
    {
#pragma warning disable CA2012 // each is awaited once, and an array of tasks would be what is counted
        var connections = _connections[_turn];
        for (var i = 0; i < connections.Length; i++)
        {
            _gathered[i] = _lane.SendAsync(connections[i], BatchedSet.Of(connections[i].Connection, _set));
        }

#pragma warning restore CA2012
        _turn ^= 1;
    }
}
