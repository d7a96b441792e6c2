using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>One pump between a peer and a grain that the test plays, in a time that the test moves. All of it runs on the test's thread.</summary>
internal sealed class PumpRig
{
    private static readonly GatewayMetrics.ListenerMetrics Metrics =
        new GatewayMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()).ForListener("test", "tcp", "line");

    private static readonly AdmissionDecision Admitted = FakeQuota.Admitted(TimeProvider.System);

    private readonly FakeTimeProvider _time = new();
    private readonly CoarseClock _clock;

    public PumpRig(FakeGrain? grain = null, IFrameCodec? codec = null, ConnectionLimits? limits = null, int bufferBytes = 64 * 1024, BufferBudget? budget = null)
    {
        Grain = grain ?? new FakeGrain();
        Peer = new PipeConnection(bufferBytes);
        _clock = new CoarseClock(_time);
        Pump = new ConnectionPump(Peer, () => 0, () => Task.CompletedTask, codec ?? Framings.Line, Grain, Admitted, limits ?? Limits, Metrics, _clock, _time, budget ?? new BufferBudget(long.MaxValue));
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // or the pump would go on on xunit's threads
        Run = Pump.RunAsync(Cancellation.Token);
        SynchronizationContext.SetSynchronizationContext(context);
    }

    /// <summary>Without any time-out.</summary>
    public static ConnectionLimits Limits { get; } = new() { MaxMessageBytes = 1000, MaxBytesInFlight = 1000 };

    public FakeGrain Grain { get; }

    public PipeConnection Peer { get; }

    public ConnectionPump Pump { get; }

    public Task<CloseReason> Run { get; }

    public CancellationTokenSource Cancellation { get; } = new();

    /// <summary>Lets time pass as the registry does: tick by tick.</summary>
    public void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= CoarseClock.Resolution)
        {
            _time.Advance(left < CoarseClock.Resolution ? left : CoarseClock.Resolution);
            _clock.Tick();
            Pump.CheckDeadline();
        }
    }

    public void Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    /// <summary>The reason that the pump has ended with; it must have ended by now.</summary>
    public Task<CloseReason> EndAsync()
    {
        Assert.True(Run.IsCompleted, "The pump goes on.");
        return Run;
    }

    public void AssertGoesOn() => Assert.False(Run.IsCompleted, "The pump has ended.");
}
