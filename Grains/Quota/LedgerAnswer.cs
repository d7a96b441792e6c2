using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <summary>An answer that is final.</summary>
/// <param name="Ticket">Of the question.</param>
/// <param name="Lease">To a request.</param>
/// <param name="Limit">To a change of the limit.</param>
internal sealed record LedgerAnswer(int Ticket, LeaseReply? Lease = null, SetLimitReply? Limit = null);
