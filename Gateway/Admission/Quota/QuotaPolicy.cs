namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>What a gateway does with its connections when it cannot renew its lease.</summary>
internal enum QuotaPolicy
{
    /// <summary>It closes them: the count stays exact.</summary>
    Strict,

    /// <summary>It keeps them.</summary>
    Available,
}
