namespace OrleansEcho.LoadTest.Load.Messages;

/// <summary>What has to be known of a connection's messages from when they are due to when they are back, by sequence number.</summary>
internal struct MessageRing
{
    private SentMessage[] _entries = new SentMessage[4];

    public MessageRing()
    {
    }

    /// <summary>The number after the last one that is in it.</summary>
    public long End { get; private set; }

    /// <summary>The first number that is in it.</summary>
    public long Start { get; private set; }

    /// <summary>Puts the next message in.</summary>
    /// <param name="intended">When it should be sent, as a timestamp.</param>
    /// <param name="size">Its size on the wire, in bytes.</param>
    public void Add(long intended, int size)
    {
        if (End - Start == _entries.Length) Grow();
        _entries[End++ & (_entries.Length - 1)] = new SentMessage { Intended = intended, Size = size };
    }

    /// <summary>A message that is in it.</summary>
    public readonly ref SentMessage At(long sequence) => ref _entries[sequence & (_entries.Length - 1)];

    /// <summary>Forgets all before a number.</summary>
    public void ForgetBefore(long sequence) => Start = sequence;

    /// <summary>Forgets all, and counts from 0 again.</summary>
    public void Clear() => Start = End = 0;

    private void Grow()
    {
        var entries = new SentMessage[_entries.Length * 2];
        for (var i = Start; i < End; i++) entries[i & (entries.Length - 1)] = At(i);
        _entries = entries;
    }

    /// <summary>One message.</summary>
    public struct SentMessage
    {
        /// <summary>When it should be sent, as a timestamp.</summary>
        public long Intended;

        /// <summary>When it was sent.</summary>
        public long Sent;

        /// <summary>Its size on the wire, in bytes.</summary>
        public int Size;

        /// <summary>Its checksum.</summary>
        public uint Checksum;
    }
}
