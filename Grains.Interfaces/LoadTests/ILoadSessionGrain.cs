namespace OrleansEcho.Grains.Interfaces.LoadTests;

/// <summary>
/// Where a load test's conductor and its workers meet; the key is the session's name. It understands nothing of plans and reports, and keeps nothing that
/// the next calls would not bring again: after a lost silo another activation goes on.
/// </summary>
/// <remarks>Both calls may be repeated at any time. Who has no answer within two seconds asks again, long before anybody counts as gone.</remarks>
[Alias("echo.ILoadSessionGrain")]
public interface ILoadSessionGrain : IGrainWithStringKey
{
    /// <summary>A worker says how it is, several times a second, and hears what to do.</summary>
    /// <exception cref="ArgumentException">The sign is none (no name, or longer than a session takes), or the silo carries no more sessions: the message says what to do.</exception>
    [Alias("Work")]
    [ResponseTimeout("00:00:02")]
    ValueTask<WorkerOrder> WorkAsync(WorkerSign sign);

    /// <summary>The conductor says what to do, several times a second, and hears how the workers are.</summary>
    /// <exception cref="ArgumentException">The sign is none (no run, or longer than a session takes), or the silo carries no more sessions: the message says what to do.</exception>
    [Alias("Conduct")]
    [ResponseTimeout("00:00:02")]
    ValueTask<SessionSign> ConductAsync(ConductorSign sign);
}
