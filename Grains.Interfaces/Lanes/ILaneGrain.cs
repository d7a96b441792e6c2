using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Interfaces.Lanes;

/// <summary>
/// A gateway's lane into one silo: the sets of many connections travel there and back in one call. The key is the gateway's run, a slash and the lane's
/// number, as in <c>k7f3qz9d2m4x/0</c>. It serves whichever silo is asked, and hands each set to the grain of its connection there.
/// </summary>
[Alias("echo.ILaneGrain")]
public interface ILaneGrain : IGrainWithStringKey
{
    /// <summary>
    /// Has each set handled by its connection's grain (<see cref="IConnectionGrain.EchoAsync"/>), and grains opened and closed (<see cref="IConnectionGrain.OpenAsync"/>,
    /// <see cref="IConnectionGrain.CloseAsync"/>).
    /// </summary>
    /// <returns>
    /// As many, in the same order. Those whose grain takes its time are not waited for by the others: they are marked <see cref="SetOutcome.Late"/>,
    /// and are to be collected one by one.
    /// </returns>
    [Alias("Echo")]
    ValueTask<SetBatch> EchoAsync(SetBatch batch);

    /// <summary>Waits for the answer to a set that was late, or for the end of an opening or a closing.</summary>
    /// <param name="connection">The number of the connection in its gateway's run.</param>
    /// <param name="sequence">The number of the set (<see cref="BatchedSet.Sequence"/>).</param>
    /// <returns>As <see cref="IConnectionGrain.EchoAsync"/>; null also when nothing is known of such a set, and of what is none.</returns>
    [Alias("Collect")]
    ValueTask<MessageSet?> CollectAsync(long connection, long sequence);
}
