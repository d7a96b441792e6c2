using CsCheck;
using OrleansEcho.Gateway.Sockets;

namespace OrleansEcho.Gateway.Tests.Sockets;

public sealed class BufferPoolTests
{
    private const int KiB = 1024;

    [Fact]
    public void NobodyGetsWhatAnotherHas_AndNoMoreIsKeptThanMayBe()
    {
        // Who rents this or that, or gives the oldest or the youngest back.
        Gen.Select(Gen.Int[0, 2], Gen.OneOf(Gen.Int[1, 64 * KiB], Gen.Int[64 * KiB, 512 * KiB])).Array[1, 60].Sample(steps =>
        {
            var pool = new BufferPool(700 * KiB);
            var rented = new LinkedList<byte[]>();
            foreach (var (act, size) in steps)
            {
                if (act is 0 || rented.Count is 0)
                {
                    var array = pool.Rent(size);
                    Assert.True(array.Length >= size);
                    Assert.DoesNotContain(rented, other => ReferenceEquals(other, array));
                    rented.AddLast(array);
                }
                else
                {
                    var node = act is 1 ? rented.First! : rented.Last!;
                    rented.Remove(node);
                    pool.Return(node.Value);
                }

                Assert.InRange(pool.KeptBytes, 0, 700 * KiB);
            }

            foreach (var array in rented) pool.Return(array);
        });
    }

    [Theory]
    [InlineData((64 * KiB) + 1, 128 * KiB)]
    [InlineData(128 * KiB, 128 * KiB)]
    [InlineData((1024 * KiB) + 1, 2048 * KiB)]
    public void ALongArrayIsLentAgain(int wanted, int size)
    {
        var pool = new BufferPool(2048 * KiB);
        var array = pool.Rent(wanted);
        Assert.Equal(size, array.Length);

        pool.Return(array);

        Assert.Equal(size, pool.KeptBytes);
        Assert.Same(array, pool.Rent(size));
        Assert.Equal(0, pool.KeptBytes);
    }

    [Fact]
    public void WhatIsNotNeededIsGivenUp()
    {
        var pool = new BufferPool(4096 * KiB);
        var arrays = Enumerable.Range(0, 5).Select(_ => pool.Rent(256 * KiB)).ToList();
        arrays.ForEach(array => pool.Return(array));
        pool.Trim();
        Assert.Equal(5 * 256 * KiB, pool.KeptBytes); // nobody can tell yet

        var (one, other) = (pool.Rent(256 * KiB), pool.Rent(256 * KiB));
        pool.Return(one);
        pool.Return(other);
        pool.Trim();

        Assert.Equal(2 * 256 * KiB, pool.KeptBytes); // as many as were needed at a time
        pool.Trim();
        Assert.Equal(0, pool.KeptBytes);
    }

    [Fact]
    public void ShortArraysAreDotNets()
    {
        var pool = new BufferPool(4096 * KiB);

        pool.Return(pool.Rent(BufferSizes.Transfer));

        Assert.Equal(0, pool.KeptBytes);
    }
}
