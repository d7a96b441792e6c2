using System.Reflection;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>
/// A connection grain whose answers are scripted. A proxy made at run time, because Orleans takes every class that implements a grain
/// interface for a grain.
/// </summary>
public class ScriptedGrain : DispatchProxy
{
    private readonly Queue<Func<object?>> _script = new();

    /// <summary>The calls so far, as <c>open sequence/messages/bytes</c>, <c>echo sequence</c> and <c>close reason</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What openings wait for, from any thread; they are not among the calls then. Null for the script.</summary>
    public Func<Task>? Opens { get; set; }

    /// <summary>What a call does that nothing is scripted for: it succeeds.</summary>
    public static (IConnectionGrain Grain, ScriptedGrain Script) Make()
    {
        var grain = Create<IConnectionGrain, ScriptedGrain>();
        return (grain, (ScriptedGrain)(object)grain);
    }

    /// <summary>The next calls fail with these; null stands for a call that succeeds.</summary>
    public void Fail(params IEnumerable<Exception?> faults)
    {
        foreach (var fault in faults) _script.Enqueue(() => fault);
    }

    /// <summary>The next call, an echo, is answered with null: the grain has not been opened up to it.</summary>
    public void Forget() => _script.Enqueue(() => "null");

    /// <summary>The next call is never answered.</summary>
    public void Hang() => _script.Enqueue(() => "never");

    /// <summary>The next call, an echo, is answered with this.</summary>
    public void Answer(MessageSet set) => _script.Enqueue(() => set);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var argument = args is [var only] ? only : null;
        if (argument is ConnectionOpening && Opens is not null) return new ValueTask(Opens());
        Calls.Add(argument switch
        {
            ConnectionOpening o => $"open {o.NextSequence}/{o.Messages}/{o.Bytes}",
            MessageSet set => $"echo {set.Sequence}",
            CloseReason reason => $"close {reason}",
            _ => targetMethod!.Name,
        });
        var outcome = _script.TryDequeue(out var next) ? next() : null;
        if (argument is not MessageSet echo)
        {
            return outcome switch
            {
                Exception fault => new ValueTask(Task.FromException(fault)),
                "never" => new ValueTask(new TaskCompletionSource().Task),
                _ => default(ValueTask),
            };
        }

        return outcome switch
        {
            Exception failure => new ValueTask<MessageSet?>(Task.FromException<MessageSet?>(failure)),
            "never" => new ValueTask<MessageSet?>(new TaskCompletionSource<MessageSet?>().Task),
            "null" => new ValueTask<MessageSet?>((MessageSet?)null),
            MessageSet other => new ValueTask<MessageSet?>(other),
            _ => new ValueTask<MessageSet?>(echo),
        };
    }
}
