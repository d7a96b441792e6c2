namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>Something that happens to the cluster from outside.</summary>
/// <param name="At">When, in milliseconds since the schedule's start.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">To which gateway or activation; counted modulo those that there are.</param>
/// <param name="Length">For how long, in milliseconds.</param>
/// <param name="Amount">How much, in the kind's own unit.</param>
internal sealed record Fault(int At, FaultKind Kind, int Target = 0, int Length = 0, int Amount = 0)
{
    public override string ToString() => $"{At,6} {Kind} target {Target} length {Length} amount {Amount}";
}

internal enum FaultKind
{
    /// <summary>A gateway dies, and comes back as another holder after Length.</summary>
    GatewayCrashes,

    /// <summary>A gateway stops, gives everything back, and comes back as another holder after Length.</summary>
    GatewayStops,

    /// <summary>A gateway handles nothing for Length, then everything at once.</summary>
    GatewayPauses,

    /// <summary>A gateway's clock runs Amount millionths too fast from now on.</summary>
    GatewayDrifts,

    /// <summary>A gateway's messages do not arrive for Length.</summary>
    GatewayIsCutOff,

    /// <summary>Amount connections come at once to a gateway, and stay for Length.</summary>
    Surge,

    /// <summary>All connections of a gateway close.</summary>
    Exodus,

    /// <summary>An activation is lost.</summary>
    ActivationCrashes,

    /// <summary>An activation handles nothing for Length; when Amount is not 0 it is thought dead, and another takes its place.</summary>
    ActivationPauses,

    /// <summary>An activation's clock runs Amount millionths too fast from now on.</summary>
    ActivationDrifts,

    /// <summary>An activation does not reach the store for Length; others do.</summary>
    ActivationIsCutOff,

    /// <summary>
    /// There are Amount more activations, and for Length requests go to any of all; when Target is odd, those of one gateway to the same.
    /// </summary>
    ActivationsMultiply,

    /// <summary>Amount percent of all messages are lost for Length.</summary>
    MessagesAreLost,

    /// <summary>Messages take up to Amount milliseconds for Length, each its own time.</summary>
    MessagesAreLate,

    /// <summary>Amount percent of all messages arrive twice for Length.</summary>
    MessagesAreRepeated,

    /// <summary>The store fails for Length: at once when Amount is 0, otherwise it does not answer before the end.</summary>
    StoreIsDown,

    /// <summary>The store takes up to Amount milliseconds for Length.</summary>
    StoreIsSlow,

    /// <summary>The store does what it is asked, and Amount percent of its answers are lost for Length.</summary>
    StoreLosesAnswers,

    /// <summary>Writes are reported as failed, and take place up to Amount milliseconds later, for Length.</summary>
    StoreWritesLate,

    /// <summary>The store has lost everything.</summary>
    StoreIsEmptied,

    /// <summary>The store has lost the last Amount writes.</summary>
    StoreGoesBack,

    /// <summary>An operator sets the limit to Amount; Target is how far the version is off.</summary>
    LimitIsSet,

    /// <summary>All silos start anew with the limit Amount in their configuration; 0 for none.</summary>
    LimitIsConfigured,
}
