namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>Which connections the quota wants closed.</summary>
/// <param name="CloseBefore">Those with a permit of an earlier generation are to close.</param>
/// <param name="GiveUpBefore">Those with a permit of an earlier generation are to wait no longer for a silo: what is left of the time is for telling them why.</param>
/// <param name="AbortBefore">Those with a permit of an earlier generation are closed without waiting for their peers.</param>
/// <param name="CloseDownTo">How many may stay, the oldest; null for all.</param>
/// <param name="KeptWithoutLease">How many stay although no lease covers them.</param>
internal readonly record struct QuotaDemand(int CloseBefore, int GiveUpBefore, int AbortBefore, int? CloseDownTo, int KeptWithoutLease);
