using Microsoft.Extensions.Logging.Abstractions;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Backend.Links;

public sealed class SiloLinksTests : IDisposable
{
    private readonly BackendReachability _reachability = new(TimeProvider.System, NullLogger<BackendReachability>.Instance);
    private readonly SiloLinks _links;

    public SiloLinksTests() => _links = new SiloLinks(_reachability);

    public void Dispose() => _reachability.Dispose();

    [Fact]
    public void ConnectionsGoWhereThereAreFewest()
    {
        var (first, second) = (Add("first"), Add("second"));
        for (var i = 0; i < 10; i++) _links.TryChoose()!.Enter();
        Assert.Equal((5, 5), (first.Connections, second.Connections));
        Add("third");
        Assert.Equal("third", _links.TryChoose()!.Name);
    }

    [Fact]
    public void ASiloThatHasFailedOrLeaves_IsTakenOnlyIfThereIsNoOther()
    {
        var (first, second) = (Add("first"), Add("second"));
        second.Enter();
        Assert.Same(second, _links.TryChoose(otherThan: first));
        second.Retire();
        Assert.Same(second, _links.TryChoose(otherThan: first)); // it still answers, the other perhaps not
        Assert.Same(first, _links.TryChoose());
        _links.Remove(second, "gone");
        Assert.Same(first, _links.TryChoose(otherThan: first));
    }

    [Fact]
    public async Task WhoFindsNoSilo_GetsTheFirstThatComes()
    {
        var choice = _links.ChooseAsync(null, TestContext.Current.CancellationToken).AsTask();
        Assert.False(choice.IsCompleted || _reachability.IsReachable);
        var link = Add("first");
        Assert.Same(link, await choice.WithinAsync("a silo"));
        Assert.True(_reachability.IsReachable);
        _links.Remove(link, "gone");
        Assert.True(link.Lost.IsCancellationRequested);
        Assert.False(_reachability.IsReachable);
    }

    [Fact]
    public void ANewSiloGetsItsShare_AFewConnectionsAtATime()
    {
        var (old, rounds) = (Add("old"), 0);
        for (var i = 0; i < 1000; i++) old.Enter();
        var young = Add("young");
        for (; rounds < 200; rounds++)
        {
            _links.Balance();
            var moved = 0;
            while (old.TryDismiss())
            {
                old.Exit();
                young.Enter();
                moved++;
            }

            Assert.InRange(moved, 0, 20);
            if (moved is 0) break;
        }

        Assert.InRange(young.Connections, 450, 500);
        Assert.InRange(rounds, 20, 60);
        Assert.False(young.TryDismiss());
    }

    [Fact]
    public void ASiloThatLeavesLosesAll()
    {
        var (first, _) = (Add("first"), Add("second"));
        first.Enter();
        first.Retire();
        _links.Balance();
        Assert.True(first.TryDismiss());
        Assert.True(first.TryDismiss());
    }

    private SiloLink Add(string name)
    {
        var (link, _) = ScriptedSilo.Make(name);
        _links.Add(link);
        return link;
    }
}
