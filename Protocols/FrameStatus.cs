namespace OrleansEcho.Protocols;

/// <summary>What a codec found at the front of the bytes that have arrived.</summary>
public enum FrameStatus
{
    /// <summary>A complete frame; its payload was handed out.</summary>
    Complete,

    /// <summary>The beginning of a frame, or nothing: more bytes are needed.</summary>
    NeedMoreData,

    /// <summary>A frame whose payload is, or says that it is, longer than the limit. Nothing after it can be read.</summary>
    TooLong,
}
