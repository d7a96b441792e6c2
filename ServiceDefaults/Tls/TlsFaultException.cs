namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>Two ends did not agree that both belong to the cluster. The message is half a sentence about the other end; nothing is inside that would say it better.</summary>
public sealed class TlsFaultException : IOException
{
    /// <summary>Says what is wrong with the other end.</summary>
    /// <param name="message">Half a sentence: <c>it presents no certificate</c>.</param>
    public TlsFaultException(string message)
        : base(message)
    {
    }
}
