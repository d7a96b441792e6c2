using Microsoft.Extensions.Time.Testing;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class OutageNoticesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _said = [];
    private readonly OutageNotices _notices;

    public OutageNoticesTests() => _notices = Notices();

    public void Dispose() => _notices.Dispose();

    [Fact]
    public void AnOutageAndItsEndAreSaidAtOnce_HoweverLongItLasts()
    {
        Away();
        Away();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["away"], _said);
        Back();
        Back();
        Assert.Equal(["away", "back"], _said);
        _time.Advance(TimeSpan.FromMinutes(10));
        Away();
        Assert.Equal(["away", "back", "away"], _said);
    }

    [Fact]
    public void WhatComesAndGoesEverySecond_IsALineInTenSeconds_ThatSaysWhatHoldsByThen()
    {
        for (var second = 0; second < 60; second++)
        {
            Away();
            _time.Advance(TimeSpan.FromSeconds(0.5));
            Back();
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }

        Assert.Equal(["away", "back", "9 more, back", "10 more, back", "10 more, back", "10 more, back", "10 more, back", "10 more, back"], _said);
        _time.Advance(OutageNotices.Interval);
        Assert.Equal(8, _said.Count); // nothing came after the last sum

        Away();
        Assert.Equal("away", _said[^1]); // and it is quiet by now: the next one is news
    }

    [Fact]
    public void OneThatIsAwayInTheEnd_IsSaidToBe_AndToBeBack()
    {
        Away();
        Back();
        Away();
        Assert.Equal(["away", "back"], _said);
        _time.Advance(OutageNotices.Interval);
        Assert.Equal("1 more, away", _said[^1]);
        Back();
        Assert.Equal("back", _said[^1]);
    }

    [Fact]
    public void OneThatWasNeverThere_IsSaidToBeThere()
    {
        using var notices = Notices(isAway: true);
        notices.Away(() => _said.Add("away"));
        notices.Back(() => _said.Add("back"));
        Assert.Equal(["back"], _said);
    }

    [Fact]
    public void NothingIsSaidAfterItsEnd()
    {
        Away();
        Back();
        Away();
        _notices.Dispose();
        _time.Advance(OutageNotices.Interval);
        Assert.Equal(["away", "back"], _said);
    }

    private OutageNotices Notices(bool isAway = false) => new(_time, (count, isAwayNow) => _said.Add($"{count} more, {(isAwayNow ? "away" : "back")}"), isAway);

    private void Away() => _notices.Away(() => _said.Add("away"));

    private void Back() => _notices.Back(() => _said.Add("back"));
}
