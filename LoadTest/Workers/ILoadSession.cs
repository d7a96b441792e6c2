using OrleansEcho.Grains.Interfaces.LoadTests;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>A session, as <see cref="ILoadSessionGrain"/> has it, with one exception for whatever keeps it from being reached.</summary>
internal interface ILoadSession
{
    /// <inheritdoc cref="ILoadSessionGrain.WorkAsync"/>
    /// <exception cref="SessionUnreachableException">It does not answer now; ask again.</exception>
    ValueTask<WorkerOrder> WorkAsync(WorkerSign sign);

    /// <inheritdoc cref="ILoadSessionGrain.ConductAsync"/>
    /// <exception cref="SessionUnreachableException">It does not answer now; ask again.</exception>
    ValueTask<SessionSign> ConductAsync(ConductorSign sign);
}
