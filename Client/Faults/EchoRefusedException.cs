namespace OrleansEcho.Client.Faults;

/// <summary>
/// The gateway refused the connection before its first echo, for a reason that is no fault of a message: nothing that was sent on it was
/// handled, except that after <see cref="EchoReason.BackendUnavailable"/> and <see cref="EchoReason.InternalError"/> nobody knows.
/// </summary>
public sealed class EchoRefusedException : EchoReasonException
{
    internal EchoRefusedException(string gateway, EchoReason reason, string word, string text)
        : base(gateway, "refused the connection", reason, word, text)
    {
    }
}
