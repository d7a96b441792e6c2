using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>What hears of a transport. One call at a time for receiving, and one for sending; these two may come together.</summary>
internal interface ITransportSink
{
    /// <summary>Where the next bytes go; never empty.</summary>
    Memory<byte> ReceiveBuffer { get; }

    /// <summary>Bytes have come.</summary>
    void Received(Transport transport, int count);

    /// <summary>What was being sent is sent.</summary>
    void Sent(Transport transport);

    /// <summary>It has ended. Nothing comes after it but, perhaps, this again.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="fault">Why; null when the other end closed it in order.</param>
    void Ended(Transport transport, ErrorClass? fault);
}
