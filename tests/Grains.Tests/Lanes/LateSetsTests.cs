using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Lanes;
using OrleansEcho.Grains.Tests.Connections;

namespace OrleansEcho.Grains.Tests.Lanes;

public sealed class LateSetsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LateSets _late;

    public LateSetsTests() => _late = new(_time);

    [Fact]
    public async Task AnAnswerIsTakenOnce()
    {
        var answer = Sample.Set(4, [3]);
        _late.Add(7, 4, Task.FromResult<MessageSet?>(answer));
        Assert.Same(answer, await _late.TakeAsync(7, 4));
        Assert.Null(await _late.TakeAsync(7, 4));
    }

    [Fact]
    public async Task AnotherSetsAnswerIsNotTaken()
    {
        _late.Add(7, 4, Task.FromResult<MessageSet?>(Sample.Set(4, [3])));
        Assert.Null(await _late.TakeAsync(7, 5));
        Assert.Null(await _late.TakeAsync(8, 4));
    }

    [Fact]
    public async Task WhatNobodyCollectsIsForgotten()
    {
        _late.Add(1, 1, Task.FromResult<MessageSet?>(null));
        _time.Advance(TimeSpan.FromMinutes(6));
        var answer = Sample.Set(1, [3]);
        _late.Add(2, 1, Task.FromResult<MessageSet?>(answer));

        Assert.Equal(1, _late.Count);
        Assert.Same(answer, await _late.TakeAsync(2, 1));
    }
}
