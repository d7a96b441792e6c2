namespace OrleansEcho.LoadTest.Workers;

/// <summary>A session with a way to it, which ends with this.</summary>
internal interface IOpenSession : ILoadSession, IAsyncDisposable;
