using System.Buffers;
using System.Numerics;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// The arrays that peers' bytes lie in. Those of up to <see cref="BufferSizes.Transfer"/> come from .NET's own pool, which is as fast as it
/// gets and keeps few MiB of them. Of longer ones it would keep up to 32 of each size for each core, and one for each thread: more than a
/// small heap has. Of these, no more than <paramref name="mostKept"/> is kept here, and nothing that was not needed for a while.
/// </summary>
/// <param name="mostKept">How many bytes are kept at most, in all.</param>
internal sealed class BufferPool(long mostKept) : ArrayPool<byte>
{
    // Behind Transfer, which is 2^16: sizes from 128 KiB to 1 GiB, more than any message has.
    private const int SmallestPower = 17;
    private const int LargestPower = 30;

    private readonly Lock _lock = new(); // who takes one has 64 KiB and more to receive
    private readonly Shelf[] _shelves = Array.ConvertAll(new Shelf[LargestPower - SmallestPower + 1], static _ => new Shelf());
    private long _kept;

    /// <summary>How many bytes are kept for whoever rents next.</summary>
    public long KeptBytes => Interlocked.Read(ref _kept);

    /// <inheritdoc/>
    public override byte[] Rent(int minimumLength)
    {
        if (minimumLength <= BufferSizes.Transfer) return Shared.Rent(minimumLength);
        var power = BitOperations.Log2((uint)minimumLength - 1) + 1;
        lock (_lock)
        {
            if (_shelves[power - SmallestPower].TryTake() is { } array)
            {
                _kept -= array.Length;
                return array;
            }
        }

        return GC.AllocateUninitializedArray<byte>(1 << power); // nobody reads what he has not written
    }

    /// <inheritdoc/>
    public override void Return(byte[] array, bool clearArray = false)
    {
        if (array.Length <= BufferSizes.Transfer)
        {
            Shared.Return(array, clearArray);
            return;
        }

        if (!BitOperations.IsPow2(array.Length)) throw new ArgumentException("It is none of this pool.", nameof(array));
        if (clearArray) Array.Clear(array);
        lock (_lock)
        {
            if (_kept + array.Length > mostKept) return; // the collector's
            _shelves[BitOperations.Log2((uint)array.Length) - SmallestPower].Put(array);
            _kept += array.Length;
        }
    }

    /// <summary>Gives those to the collector that have not been needed since the last time. To be called now and then.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            foreach (var shelf in _shelves) _kept -= shelf.Trim();
        }
    }

    /// <summary>The arrays of one size.</summary>
    private sealed class Shelf
    {
        private readonly Stack<byte[]> _arrays = new();
        private int _least; // how many have been there all the time since the last trim

        public byte[]? TryTake()
        {
            if (!_arrays.TryPop(out var array)) return null;
            _least = Math.Min(_least, _arrays.Count);
            return array;
        }

        public void Put(byte[] array) => _arrays.Push(array);

        public long Trim()
        {
            var bytes = 0L;
            for (; _least > 0; _least--) bytes += _arrays.Pop().Length;
            _least = _arrays.Count;
            return bytes;
        }
    }
}
