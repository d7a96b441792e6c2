namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>What a connection that finds no permit can hope for.</summary>
internal enum PermitOutlook
{
    /// <summary>An answer is under way, or permits are being called back: it may pay to wait.</summary>
    Soon,

    /// <summary>The cluster is full.</summary>
    Exhausted,

    /// <summary>The quota lends nothing now.</summary>
    Unavailable,

    /// <summary>The last request got no answer: the next may, in a moment.</summary>
    Unanswered,
}
