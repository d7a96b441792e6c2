using System.Buffers;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>
/// A pool that has no memory for one rent, or for all from that one on. It holds whoever rents to returning nothing
/// twice, and nothing that is not from here.
/// </summary>
/// <param name="fails">Which rent fails: 0 for the first.</param>
/// <param name="forGood">Whether those after it fail, too.</param>
internal sealed class FailingPool(int fails, bool forGood) : ArrayPool<byte>
{
    private readonly Lock _lock = new();
    private readonly HashSet<byte[]> _rented = new(ReferenceEqualityComparer.Instance);
    private int _rents;

    /// <summary>Whether a rent has failed.</summary>
    public bool HasFailed => Volatile.Read(ref _rents) > fails;

    /// <summary>Whether it has memory again, whatever was said.</summary>
    public bool IsWell { get; set; }

    /// <summary>What was wrong with a return; null when nothing was.</summary>
    public string? Fault { get; private set; }

    public override byte[] Rent(int minimumLength)
    {
        var number = Interlocked.Increment(ref _rents) - 1;
        // An OutOfMemoryException.
        if (!IsWell && (number == fails || (forGood && number > fails))) throw new InsufficientMemoryException("The test has no memory.");
        var array = Shared.Rent(minimumLength);
        lock (_lock)
        {
            if (!_rented.Add(array)) Fault = "An array was lent twice.";
        }

        return array;
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        lock (_lock)
        {
            if (!_rented.Remove(array)) Fault = "An array was returned that was not lent.";
        }

        Shared.Return(array, clearArray);
    }
}
