using System.Numerics;
using CsCheck;
using OrleansEcho.Gateway.Sockets;

namespace OrleansEcho.Gateway.Tests.Sockets;

public sealed class BufferSizesTests
{
    [Fact]
    public void NoMoveOfManyBytesIsFree_WhateverThePeerSends()
    {
        // What a receive brings: a byte, mostly, or all there is, often nearly a power of two. What is consumed of what is held: nothing, mostly, or a message.
        var nearPower = Gen.Select(Gen.Int[15, 22], Gen.Int[1, 20_000], static (power, less) => (1 << power) - less);
        var received = Gen.Frequency((30, Gen.Const(1)), (1, Gen.Int[1, 1500]), (1, nearPower));
        var consumed = Gen.Frequency((30, Gen.Const(0.0)), (1, Gen.Double[0, 1]), (1, Gen.Const(1.0)));
        Gen.Select(received, consumed).Array[1, 300].Sample(steps =>
        {
            var buffer = new Model();
            foreach (var (bytes, share) in steps)
            {
                buffer.Receive(bytes);
                buffer.Consume(share);
            }

            Assert.True(buffer.Moved <= 4 * buffer.Passed, $"{buffer.Moved} bytes were moved for {buffer.Passed} that came or went.");
        });
    }

    [Theory]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(1024 * 1024)]
    [InlineData(64 * 1024)]
    public void SingleBytesAroundEveryThresholdMoveABufferOnceOrTwice(int size)
    {
        for (var before = -64; before <= 64; before++)
        {
            // As many bytes as lie a bit below or above a size, or a size without the least room.
            foreach (var held in new[] { size + before, size - BufferSizes.LeastReceived + before, (size / 2) + before, (size / 4) + before })
            {
                var buffer = new Model();
                buffer.Receive(held);
                buffer.Consume(0);
                var moved = buffer.Moved;
                for (var i = 0; i < 100; i++)
                {
                    buffer.Receive(1);
                    buffer.Consume(0);
                }

                Assert.True(buffer.Moved - moved <= 2 * size, $"With {held} bytes held, 100 single ones had {buffer.Moved - moved} bytes moved.");
            }
        }
    }

    [Fact]
    public void AFewBytesDoNotHoldAWholeBuffer() => Assert.Equal(100, BufferSizes.Shrunk(100, BufferSizes.Transfer));

    /// <summary>A buffer as the reader uses it, without its bytes.</summary>
    private sealed class Model
    {
        private int _size;
        private int _start;
        private int _end;

        /// <summary>How many bytes were copied, in moves of so many that the copy is what they cost.</summary>
        public long Moved { get; private set; }

        /// <summary>How many bytes came or went.</summary>
        public long Passed { get; private set; }

        private int Held => _end - _start;

        public void Receive(int bytes)
        {
            Passed += bytes;
            while (bytes > 0)
            {
                if (_size - _end < BufferSizes.LeastReceived) MoveTo(BufferSizes.Grown(Held));
                var received = Math.Min(bytes, _size - _end);
                _end += received;
                bytes -= received;
            }
        }

        public void Consume(double share)
        {
            var consumed = (int)(Held * share);
            Passed += consumed;
            _start += consumed;
            if (Held is 0) (_size, _start, _end) = (0, 0, 0);
            else if (BufferSizes.Shrunk(Held, _size) is { } size) MoveTo(size);
        }

        private void MoveTo(int size)
        {
            if (Held > BufferSizes.LeastReceived) Moved += Held;
            (_size, _start, _end) = ((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, size)), 0, Held);
        }
    }
}
