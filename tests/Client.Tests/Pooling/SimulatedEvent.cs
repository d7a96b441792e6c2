namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>What can happen to a pool.</summary>
internal enum SimulatedEvent
{
    Acquire,
    AcquireMore, // twice as likely as anything else: a pool with nobody waiting shows little
    Return,
    ReturnAgain,
    GiveUp,
    Open,
    FailToOpen,
    FinishValidation,
    End,
    PassTime,
    Resolve,
    Prewarm,
}
