namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>A frame that has come.</summary>
/// <param name="length">How many bytes it takes.</param>
/// <param name="message">What is in it.</param>
/// <param name="isRefusal">Whether what is in it is a refusal: a word, and a sentence.</param>
internal readonly ref struct WireFrame(int length, ReadOnlySpan<byte> message, bool isRefusal = false)
{
    public int Length { get; } = length;

    public ReadOnlySpan<byte> Message { get; } = message;

    public bool IsRefusal { get; } = isRefusal;
}
