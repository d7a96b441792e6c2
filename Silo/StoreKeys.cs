namespace OrleansEcho.Silo;

/// <summary>Which of a silo's stores a service means: both may be databases, and different ones.</summary>
internal static class StoreKeys
{
    public const string Membership = "membership";
    public const string GrainState = "grain state";
}
