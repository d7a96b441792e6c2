using CsCheck;
using static OrleansEcho.Grains.Tests.Connections.ConnectionRecordModel;

namespace OrleansEcho.Grains.Tests.Connections;

/// <summary>Whatever is lost, late or repeated between a gateway and a connection's grain: each set counts once.</summary>
public sealed class ConnectionRecordScheduleTests
{
    // Closing ends most of what can happen, so it is rare; losses are frequent, so that they meet each other.
    private static readonly Gen<Step> Steps = Gen.Frequency(
        (8, Gen.Const(Step.Send)),
        (1, Gen.Const(Step.SendLast)),
        (2, Gen.Const(Step.LoseCall)),
        (4, Gen.Const(Step.LoseAnswer)),
        (3, Gen.Const(Step.Reopen)),
        (3, Gen.Const(Step.LoseActivation)),
        (3, Gen.Const(Step.LateSet)),
        (3, Gen.Const(Step.LateOpening)),
        (1, Gen.Const(Step.Close)));

    [Fact]
    public void SetsAreCountedOnce_InEverySchedule() =>
        Gen.Select(Steps, Gen.Int[0, 1_000], Gen.Int[0, 5].Array[1, 3]).Array[1, 30].Sample(
            schedule =>
            {
                var model = new ConnectionRecordModel();
                foreach (var (step, pick, lengths) in schedule) model.Take(step, pick, lengths);
            },
            iter: 20_000,
            print: schedule => string.Join(" ", schedule.Select(s => $"{s.Item1}({s.Item2},[{string.Join(',', s.Item3)}])")));
}
