using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Grains.Lanes;

/// <summary>
/// The sets of one batch, each as a turn of its connection's grain: on the grain's own scheduler, as its calls are, but without a message there and one back
/// (docs/adr/0018-sets-are-turns.md).
/// </summary>
internal sealed class SetTurns
{
    private readonly BatchedSet[] _answers;
    private readonly Turn?[] _turns;
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously); // not in the turn of the grain that is last
    private int _left;

    private SetTurns(int count) => (_answers, _turns, _left) = (new BatchedSet[count], new Turn?[count], count + 1);

    /// <summary>Ends when each has been answered, or has failed.</summary>
    public Task All => _all.Task;

    /// <summary>Gives each connection's grain its part of the batch.</summary>
    public static SetTurns Begin(SetBatch batch, string run, LocalConnections connections, ConnectionGrains grains)
    {
        var turns = new SetTurns(batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            ref readonly var one = ref batch[i];
            if (one.Opening is { } opening)
            {
                // There is no grain yet whose turn it could be: Orleans makes it for the call.
                var turn = turns._turns[i] = new Turn(turns, null, one);
                turn.EndWith(grains[ConnectionId.Create(run, one.Connection)].OpenAsync(opening));
            }
            else if (connections.TryGet(run, one.Connection, out var grain))
            {
                var turn = turns._turns[i] = new Turn(turns, grain, one);
                grain.GrainContext.Scheduler.QueueTask(new Task(static turn => ((Turn)turn!).Run(), turn));
            }
            else
            {
                turns._answers[i] = new(one.Connection, null, SetOutcome.NotOpen);
                turns.OneLess();
            }
        }

        turns.OneLess();
        return turns;
    }

    /// <summary>Whether more than half are not done yet.</summary>
    public bool AreMostLeft => Volatile.Read(ref _left) * 2 > _turns.Length;

    /// <summary>
    /// The answers that there are. The others, and failures, are late: what is to be collected of them goes to <paramref name="late"/>. To be called once.
    /// </summary>
    public SetBatch End(SetBatch batch, LateSets late)
    {
        for (var i = 0; i < _answers.Length; i++)
        {
            if (_turns[i] is not { } turn) continue;
            ref readonly var one = ref batch[i];
            if (turn.LateAnswer(out var answer) is { } later)
            {
                late.Add(one.Connection, one.Sequence, later);
                _answers[i] = new(one.Connection, null, SetOutcome.Late);
            }
            else
            {
                _answers[i] = new(one.Connection, answer, answer is null && one.Set is not null ? SetOutcome.NotOpen : SetOutcome.Here);
            }
        }

        return new SetBatch(_answers);
    }

    private void OneLess()
    {
        if (Interlocked.Decrement(ref _left) is 0) _all.SetResult();
    }

    /// <summary>One connection's part of the batch, in its grain's hands.</summary>
    private sealed class Turn(SetTurns all, ConnectionGrain? grain, BatchedSet one)
    {
        private const int Done = 1;
        private const int Late = 2;

        private MessageSet? _answer;
        private Exception? _fault;
        private TaskCompletionSource<MessageSet?>? _later;
        private int _state; // one of the two above; 0 until then

        /// <summary>The grain's turn.</summary>
        public void Run()
        {
            try
            {
                if (one.Closing is { } reason) EndWith(grain!.CloseAsync(reason));
                else EndWith(grain!.HandleAsync(one.Set!));
            }
            catch (Exception fault)
            {
                End(null, fault);
            }
        }

        /// <summary>It is done when this is.</summary>
        public void EndWith(ValueTask task)
        {
            if (task.IsCompletedSuccessfully) End(null, null);
            else _ = EndAsync(NoAnswerAsync(task));
        }

        /// <summary>Null when its answer is there; otherwise what will be its answer, or why there is none.</summary>
        public Task<MessageSet?>? LateAnswer(out MessageSet? answer)
        {
            if (Volatile.Read(ref _state) is not Done)
            {
                _later = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (Interlocked.CompareExchange(ref _state, Late, 0) is 0)
                {
                    answer = null;
                    return _later.Task;
                }
            }

            answer = _answer;
            return _fault is { } fault ? Task.FromException<MessageSet?>(fault) : null;
        }

        private void EndWith(ValueTask<MessageSet?> answer)
        {
            if (answer.IsCompletedSuccessfully) End(answer.GetAwaiter().GetResult(), null);
            else _ = EndAsync(answer);
        }

        private static async ValueTask<MessageSet?> NoAnswerAsync(ValueTask task)
        {
            await task;
            return null;
        }

        private async Task EndAsync(ValueTask<MessageSet?> answer)
        {
            try
            {
                End(await answer, null);
            }
            catch (Exception fault)
            {
                End(null, fault); // whoever collects it gets it
            }
        }

        private void End(MessageSet? answer, Exception? fault)
        {
            (_answer, _fault) = (answer, fault);
            if (Interlocked.CompareExchange(ref _state, Done, 0) is Late)
            {
                if (fault is null) _later!.SetResult(answer);
                else _later!.SetException(fault);
            }

            all.OneLess();
        }
    }
}
