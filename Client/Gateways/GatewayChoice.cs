namespace OrleansEcho.Client.Gateways;

/// <summary>
/// Which of several gateways is next. What a gateway has outstanding are the requests that this pool has sent it and that are not echoed,
/// also those for which nobody waits any more; of gateways with equally many, the one with fewer leased and opening connections has less.
/// </summary>
public enum GatewayChoice
{
    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>The one with the fewest outstanding; those that have equally few take turns.</summary>
    LeastOutstanding,

    /// <summary>The one with fewer outstanding out of two at random: nearly as even, and many clients do not all run to the same one.</summary>
    PowerOfTwoChoices,
}
