using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Grains.Lanes;

/// <summary>The end of a lane: hands what comes in a batch to the grains of its connections, and gathers what they answer.</summary>
/// <param name="run">The gateway's run, whose connections they are.</param>
/// <param name="local">The grains of this silo.</param>
/// <param name="grains">By which those are opened that it does not have.</param>
/// <param name="time">The time.</param>
internal sealed class Lane(string run, LocalConnections local, ConnectionGrains grains, TimeProvider time) : ILane
{
    /// <summary>So long the others wait for a grain that takes its time: longer than a busy machine makes one wait that does nothing but echo.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    // If most are late then, it is this silo that is, and not their grains: collecting them one by one would be the last that it needs.
    private const int MostPatience = 10;

    private readonly LateSets _late = new(time);

    public async ValueTask<SetBatch> EchoAsync(SetBatch batch)
    {
        var turns = SetTurns.Begin(batch, run, local, grains);
        for (var patience = MostPatience; patience > 0 && !turns.All.IsCompleted; patience = turns.AreMostLeft ? patience - 1 : 0)
        {
            await turns.All.WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }

        return turns.End(batch, _late);
    }

    public ValueTask<MessageSet?> CollectAsync(long connection, long sequence) => _late.TakeAsync(connection, sequence);
}
