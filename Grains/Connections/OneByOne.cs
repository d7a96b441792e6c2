using System.Runtime.CompilerServices;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Connections;

/// <summary>
/// Has sets handled one by one, also when handling one waits for something: Orleans lets a grain's calls wait for each other, but turns that a lane gives it are no calls. To be
/// used on the grain's scheduler only.
/// </summary>
/// <remarks>
/// What handling one throws comes out as a <see cref="ConnectionHandlerException"/>, so that nobody takes it for a failure of the way there and sends the set again.
/// </remarks>
/// <param name="grain">What handles them.</param>
internal sealed class OneByOne(ISetHandler grain)
{
    private Task _last = Task.CompletedTask; // of those that had to wait for something; with an exception, perhaps, which is its set's

    /// <summary>Handles a set, when those before it have been.</summary>
    public ValueTask<MessageSet?> HandleAsync(MessageSet set)
    {
        if (!_last.IsCompleted) return Keep(AfterAsync(_last, set));
        ValueTask<MessageSet?> answer;
        try
        {
            answer = grain.EchoAsync(set);
        }
        catch (Exception fault)
        {
            throw new ConnectionHandlerException(set.Sequence, fault);
        }

        return answer.IsCompletedSuccessfully ? answer : Keep(AwaitAsync(answer, set.Sequence));
    }

    /// <summary>Waits until none is under way.</summary>
    public async ValueTask FreeAsync()
    {
        while (!_last.IsCompleted) await EndOf(_last);
    }

    private static ConfiguredTaskAwaitable EndOf(Task task) => task.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);

    private async Task<MessageSet?> AfterAsync(Task before, MessageSet set)
    {
        await EndOf(before);
        try
        {
            return await grain.EchoAsync(set);
        }
        catch (Exception fault)
        {
            throw new ConnectionHandlerException(set.Sequence, fault);
        }
    }

    private static async Task<MessageSet?> AwaitAsync(ValueTask<MessageSet?> answer, long sequence)
    {
        try
        {
            return await answer;
        }
        catch (Exception fault)
        {
            throw new ConnectionHandlerException(sequence, fault);
        }
    }

    private ValueTask<MessageSet?> Keep(Task<MessageSet?> answer)
    {
        _last = answer;
        return new(answer);
    }
}

/// <summary>What handles sets.</summary>
internal interface ISetHandler
{
    /// <summary>Handles a set; what it answers with is written to the peer.</summary>
    ValueTask<MessageSet?> EchoAsync(MessageSet set);
}
