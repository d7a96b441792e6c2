namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>The load sees what the fault table asks of it: one connection among many that waits, and one that does not get what it sent.</summary>
public sealed class VerifiedLoadTests : IDisposable
{
    private const int Connections = 20;

    // It has to run out: nothing that is waited for comes.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.5);

    private readonly SemaphoreSlim _answers = new(0);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _silent;

    public void Dispose() => _answers.Dispose();

    [Theory]
    [InlineData(6)]
    [InlineData(7)] // it pipelines
    public async Task AConnectionThatHangs_IsSeen_WhileItHangs(int number)
    {
        await using var gateway = new ScriptedGateway(AnswerAsync);
        await using var load = await VerifiedLoad.StartAsync(Connections, gateway.Line);
        await load.AllAnswerAsync(Deadline.Generous);
        await FallSilentAsync(number);
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => load.AllAnswerAsync(Short));
        Assert.Contains($"connection {number}, which has been waiting for ", fault.Message, StringComparison.Ordinal);
        Assert.True(load.Longest >= Short, $"{load.Longest} is less than {Short}.");

        load.Forget();
        Assert.True(load.Longest >= Short, "The wait that goes on was forgotten.");
        Speak();
        await load.AllAnswerAsync(Deadline.Generous);
        Assert.True(load.Longest >= Short, "The wait was forgotten when it ended.");
        load.Forget();
        await load.DisposeAsync();
        Assert.Empty(load.Faults);
    }

    [Theory]
    [InlineData(6, 1)]
    [InlineData(7, 4)]
    public async Task AnAnswerToWhatWasSentBefore_IsNotEnough(int number, int messages)
    {
        await using var gateway = new ScriptedGateway(AnswerAsync);
        await using var load = await VerifiedLoad.StartAsync(Connections, gateway.Line);
        await load.AllAnswerAsync(Deadline.Generous);
        await FallSilentAsync(number);
        var all = load.AllAnswerAsync(Short);
        _answers.Release(messages);
        await Assert.ThrowsAsync<TimeoutException>(() => all);
        Speak();
    }

    [Fact]
    public async Task AConnectionThatEnds_IsAFault_AndNotWaitedFor()
    {
        await using var gateway = new ScriptedGateway(line => Task.FromResult(line.StartsWith("6.5 ", StringComparison.Ordinal) ? null : line + "\n"));
        await using var load = await VerifiedLoad.StartAsync(Connections, gateway.Line);
        await Deadline.UntilAsync(() => Task.FromResult(load.Faults.Count is 1), "the connection to end");
        await load.AllAnswerAsync(Deadline.Generous);
        Assert.Equal("connection 6, message 5: sent '6.5 fffff\n', got '' and the end", Assert.Single(load.Faults));
    }

    [Theory]
    [InlineData("7.4 eeee\n", "7.5 fffff\n")] // lost, and the next one in its place
    [InlineData("7.4 eeee\n", "7.4 eeee\n7.4 eeee\n")] // doubled
    [InlineData("7.4 eeee\n", "7.4 eeeE\n")] // changed
    public async Task AMessageThatIsNotWhatWasSent_IsAFault(string sent, string answer)
    {
        await using var gateway = new ScriptedGateway(line => Task.FromResult<string?>(line + "\n" == sent ? answer : line + "\n"));
        await using var load = await VerifiedLoad.StartAsync(Connections, gateway.Line);
        await Deadline.UntilAsync(() => Task.FromResult(load.Faults.Count is 1), "the fault");
        Assert.StartsWith("connection 7, message 4: sent '7.4 eeee\n7.5 fffff\n", Assert.Single(load.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMessageTooMany_IsAFault()
    {
        await using var gateway = new ScriptedGateway(line => Task.FromResult<string?>(line + "\n"), "more");
        await using var load = await VerifiedLoad.StartAsync(1, gateway.Line);
        await load.AllAnswerAsync(Deadline.Generous);
        await load.DisposeAsync();
        Assert.Equal("connection 0: 'm' came after the last message", Assert.Single(load.Faults));
    }

    private async Task<string?> AnswerAsync(string line)
    {
        if (_silent is { } silent && line.StartsWith(silent, StringComparison.Ordinal))
        {
            _asked.TrySetResult();
            await _answers.WaitAsync();
        }

        return line + "\n";
    }

    private Task FallSilentAsync(int number)
    {
        _silent = $"{number}.";
        return _asked.Task.WithinAsync("the connection to send something");
    }

    private void Speak()
    {
        _silent = null;
        _answers.Release(4);
    }
}
