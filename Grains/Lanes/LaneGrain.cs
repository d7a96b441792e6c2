using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Orleans.Concurrency;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Grains.Lanes;

/// <summary>Runs on whichever silo is asked, where the connections' grains are, too: from here to them nothing leaves the process.</summary>
[GrainType("lane")] // its name between processes of different versions
[StatelessWorker(maxLocalWorkers: 1)] // one: it knows which sets are late
[Reentrant]
internal sealed class LaneGrain(TimeProvider time) : Grain, ILaneGrain
{
    // So long the others wait for a grain that takes its time: longer than a busy machine makes one wait that does nothing but echo.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    // If most are late then, it is this silo that is, and not their grains: collecting them one by one would be the last that it needs.
    private const int MostPatience = 10;

    private readonly GrainReferences _connections = new();
    private readonly LateSets _late = new(time);
    private string _run = "";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        if (key.Split('/') is not [var run, _]) throw new ArgumentException($"'{key}' does not name a lane.");
        _run = run;
        return Task.CompletedTask;
    }

    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "Each is used once, when all have been begun.")]
    public async ValueTask<SetBatch> EchoAsync(SetBatch batch)
    {
        var calls = new ValueTask<MessageSet?>[batch.Count];
        for (var i = 0; i < calls.Length; i++) calls[i] = Ask(batch[i]);

        var answers = new BatchedSet[calls.Length];
        var patience = MostPatience;
        Task? deadline = null;
        for (var i = 0; i < answers.Length; i++)
        {
            var (connection, set, _) = batch[i];
            if (calls[i].IsCompletedSuccessfully)
            {
                answers[i] = Answer(connection, await calls[i]);
                continue;
            }

            var call = calls[i].AsTask();
            while (!call.IsCompleted && patience > 0)
            {
                deadline ??= Task.Delay(Patience, time);
                await Task.WhenAny(call, deadline);
                if (!deadline.IsCompleted) break;
                deadline = null;
                patience = AreMostLate(calls.AsSpan(i + 1)) ? patience - 1 : 0; // without any, who is late now does not hold up the rest
            }

            if (call.IsCompletedSuccessfully)
            {
                answers[i] = Answer(connection, await call);
                continue;
            }

            _late.Add(connection, set!.Sequence, call);
            answers[i] = new(connection, null, SetOutcome.Late);
        }

        return new SetBatch(answers);
    }

    public ValueTask<MessageSet?> CollectAsync(long connection, long sequence) => _late.TakeAsync(connection, sequence);

    private static BatchedSet Answer(long connection, MessageSet? reply) => new(connection, reply, reply is null ? SetOutcome.NotOpen : SetOutcome.Here);

    private static bool AreMostLate(ReadOnlySpan<ValueTask<MessageSet?>> calls)
    {
        var late = 0;
        foreach (ref readonly var call in calls) late += call.IsCompleted ? 0 : 1;
        return late * 2 > calls.Length;
    }

    private ValueTask<MessageSet?> Ask(in BatchedSet one)
    {
        ref var grain = ref _connections.Of(one.Connection);
        grain ??= GrainFactory.GetGrain<IConnectionGrain>(ConnectionId.Create(_run, one.Connection).Value);
        return grain.EchoAsync(one.Set!);
    }

    /// <summary>References by the connection's number, as many as were used lately: making one costs more than a call does.</summary>
    private sealed class GrainReferences
    {
        // Of two generations, each of so many: a connection that sends now and then is in one of them.
        private const int GenerationSize = 16 * 1024;

        private Dictionary<long, IConnectionGrain?> _young = [];
        private Dictionary<long, IConnectionGrain?> _old = [];

        public ref IConnectionGrain? Of(long connection)
        {
            if (_young.Count >= GenerationSize) (_old, _young) = (_young, []);
            ref var grain = ref CollectionsMarshal.GetValueRefOrAddDefault(_young, connection, out var isKnown)!;
            if (!isKnown) grain = _old.GetValueOrDefault(connection);
            return ref grain;
        }
    }
}
