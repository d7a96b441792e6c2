using System.Reflection;
using System.Threading.Channels;
using OrleansEcho.Grains.Interfaces.Links;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A silo's end of a link: each heartbeat waits for the test's answer.</summary>
public class ScriptedHeart : DispatchProxy
{
    private readonly Channel<(GatewaySign Sign, TaskCompletionSource<SiloSign> Answer)> _beats = Channel.CreateUnbounded<(GatewaySign, TaskCompletionSource<SiloSign>)>();

    /// <summary>Makes one.</summary>
    public static (ILinkGrain Grain, ScriptedHeart Heart) Make()
    {
        var grain = Create<ILinkGrain, ScriptedHeart>();
        return (grain, (ScriptedHeart)(object)grain);
    }

    /// <summary>Waits for the next heartbeat.</summary>
    public Task<(GatewaySign Sign, TaskCompletionSource<SiloSign> Answer)> NextAsync() =>
        _beats.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync("a heartbeat");

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var answer = new TaskCompletionSource<SiloSign>(TaskCreationOptions.RunContinuationsAsynchronously);
        _beats.Writer.TryWrite(((GatewaySign)args![0]!, answer));
        return new ValueTask<SiloSign>(answer.Task);
    }
}
