using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Silos that ask Kubernetes who is gone (<c>Silo:Kubernetes</c>), and that go on when it does not answer.</summary>
public sealed class KubernetesTests : ProcessTest
{
    // Enough to be declared dead if its pod were gone.
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(2);

    // What the package would take the cluster's name and the silo's address from: ours win.
    private static readonly Dictionary<string, string> OfThePackage =
        new() { ["ORLEANS_CLUSTER_ID"] = "another", ["ORLEANS_SERVICE_ID"] = "another", ["POD_IP"] = "192.0.2.1" };

    [Fact]
    public async Task FrozenSilo_IsDeclaredDeadAtOnce_WhenItsPodIsGone()
    {
        var (kubernetes, store) = await StartAsync();
        var one = StartSilo(kubernetes, store, "silo-0");
        var earlier = StartSilo(kubernetes, store, "silo-1");
        await kubernetes.WatchedByAsync(2);
        await one.Output.WaitForAsync(" dev, orleansecho "); // not another
        earlier.Send(Signal.Kill); // a StatefulSet's next pod has its name: the list of silos has the name twice
        await earlier.WaitForExitAsync();
        var other = StartSilo(kubernetes, store, "silo-1");
        await other.ManagementAsync();
        await kubernetes.WatchedByAsync(2);
        await AssertEvictedAtOnceAsync(kubernetes, one, other, "silo-1");
        Assert.Equal(0, kubernetes.Refused); // nothing but reading
        Assert.Equal(0, await EndAsync(one));
        AssertQuiet(one);
    }

    [Fact]
    public async Task FrozenSilo_IsLeftToProbes_WhileItsPodIsThere()
    {
        var (kubernetes, store) = await StartAsync();
        var one = StartSilo(kubernetes, store, "silo-0");
        var other = StartSilo(kubernetes, store, "silo-1");
        await kubernetes.WatchedByAsync(2);
        await other.FreezeAsync();
        kubernetes.Add("silo-2"); // there is news, but not of this one
        kubernetes.Delete("silo-2");
        await Task.Delay(AWhile, TimeProvider.System, Cancelled);
        other.Send(Signal.Continue);
        foreach (var silo in (EchoProcess[])[one, other]) Assert.Equal(0, await EndAsync(silo));
        Assert.DoesNotContain(one.Output.Lines, line => line.Contains(" is gone: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutTheRight_SilosStart_AndWatchWhenTheyAreGivenIt()
    {
        var (kubernetes, store) = await StartAsync();
        kubernetes.Refuses = true;
        var start = TimeProvider.System.GetTimestamp();
        EchoProcess[] silos = [StartSilo(kubernetes, store, "silo-0"), StartSilo(kubernetes, store, "silo-1")];
        foreach (var silo in silos)
        {
            await silo.ManagementAsync();
            var line = await silo.Output.WaitForAsync($"{kubernetes.Name} cannot be used: ");
            Assert.EndsWith(
                "pods is forbidden: User \"system:serviceaccount:echo:silo\" may not do this. Who is gone is found out by probes, "
                + "within seconds.", line, StringComparison.Ordinal);
        }

        // What each may ask for at once, and one try every two seconds, since before they began: however late this test looks.
        await RefusedAsync(kubernetes, 13);
        var refused = kubernetes.Refused;
        Assert.InRange(refused, 13, 2 * (4 + (int)Math.Ceiling(TimeProvider.System.GetElapsedTime(start) / TimeSpan.FromSeconds(2))));
        kubernetes.Refuses = false;
        await kubernetes.WatchedByAsync(2);
        foreach (var silo in silos) await silo.Output.WaitForAsync($"{kubernetes.Name} can be used again.");
        await AssertEvictedAtOnceAsync(kubernetes, silos[0], silos[1], "silo-1");
        AssertQuiet(silos[0]);
    }

    [Fact]
    public async Task KubernetesThatIsAway_StopsNobody()
    {
        var (kubernetes, store) = await StartAsync();
        var one = StartSilo(kubernetes, store, "silo-0");
        await kubernetes.WatchedByAsync(1);
        await kubernetes.StopAsync();
        var other = StartSilo(kubernetes, store, "silo-1");
        await other.ManagementAsync();
        await one.Output.WaitForAsync($"{kubernetes.Name} cannot be used: ");
        await other.Output.WaitForAsync(
            $"{kubernetes.Name} cannot be used: connection refused. Who is gone is found out by probes, within seconds.");
        await kubernetes.StartAsync();
        foreach (var silo in (EchoProcess[])[one, other]) await silo.Output.WaitForAsync($"{kubernetes.Name} can be used again.");
        await kubernetes.WatchedByAsync(2);
        kubernetes.EndWatches();
        await kubernetes.WatchedByAsync(0);
        await kubernetes.WatchedByAsync(2);
        await AssertEvictedAtOnceAsync(kubernetes, one, other, "silo-1");
        AssertQuiet(one);
    }

    [Fact]
    public async Task PodWithTheLabelsOfAnotherCluster_IsTold()
    {
        var (kubernetes, store) = await StartAsync();
        kubernetes.Add("silo-0", cluster: "prod");
        var silo = StartSilo(kubernetes, store, "silo-0");
        Assert.EndsWith(
            $"{kubernetes.Name} cannot be used: this pod's labels orleans/clusterId and orleans/serviceId are not Cluster:ClusterId and "
            + "Cluster:ServiceId, and it may not change them. Who is gone is found out by probes, within seconds.",
            await silo.Output.WaitForAsync("cannot be used"),
            StringComparison.Ordinal);
        Assert.Equal(0, await EndAsync(silo));
        AssertQuiet(silo);
    }

    [Fact]
    public async Task OutsideAPod_TheFaultsAreListed()
    {
        var silo = Start(EchoExecutable.Silo, ["--Silo:Kubernetes=true"], new Dictionary<string, string>
        {
            ["KUBERNETES_SERVICE_HOST"] = "",
            ["POD_NAME"] = "silo-0",
            ["POD_NAMESPACE"] = "",
            ["KUBERNETES_SERVICE_PORT"] = "443",
        });
        Assert.Equal(2, await silo.WaitForExitAsync());
        Assert.Equal(
            [
                "OrleansEcho.Silo cannot start: 2 faults in its configuration.",
                "error: Silo:Kubernetes: is on, and the list of silos is in this one's memory; set Cluster:Membership to redis or adonet, "
                + "or switch it off.",
                "error: Silo:Kubernetes: is on, and this process is not in a pod "
                + "that may ask Kubernetes: KUBERNETES_SERVICE_HOST, POD_NAMESPACE, /var/run/secrets/kubernetes.io/serviceaccount/token, "
                + "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt are missing; start it by deploy/kubernetes/hosting, or "
                + "switch it off.",
            ],
            silo.Output.Lines);
    }

    private async Task<(FakeKubernetes Kubernetes, StoreServer Store)> StartAsync()
    {
        var kubernetes = Keep(await FakeKubernetes.StartNewAsync());
        var store = await OwnAsync(RedisServer.StartNewAsync());
        kubernetes.Add("silo-0");
        kubernetes.Add("silo-1");
        return (kubernetes, store);
    }

    private EchoProcess StartSilo(FakeKubernetes kubernetes, StoreServer store, string pod) => Start(
        EchoExecutable.Silo,
        [
            "--port", $"{FreePorts.Next()}", "--gateway-port", $"{FreePorts.Next()}", "--management", "127.0.0.1:0",
            "--Cluster:Membership=redis", $"--Cluster:ConnectionString={store.ConnectionString}", "--Silo:Kubernetes=true",
        ],
        new Dictionary<string, string>([.. kubernetes.EnvironmentOf(pod), .. OfThePackage]),
        through: kubernetes.Through);

    // The witness says why, and after missed probes, which take four and a half seconds and more, it would say something else.
    private static async Task AssertEvictedAtOnceAsync(FakeKubernetes kubernetes, EchoProcess witness, EchoProcess silo, string pod)
    {
        await silo.FreezeAsync();
        var start = TimeProvider.System.GetTimestamp();
        kubernetes.Delete(pod);
        await witness.Output.WaitForAsync($"Pod {pod} is gone: its silo 127.0.0.1:");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{pod} was declared dead after {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0} ms.");
        silo.Send(Signal.Continue);
        Assert.Equal(4, await silo.WaitForExitAsync(Deadline.Promised(5)));
    }

    private static Task RefusedAsync(FakeKubernetes kubernetes, int requests) =>
        Deadline.UntilAsync(() => Task.FromResult(kubernetes.Refused >= requests), $"{requests} requests that are refused");

    private static async Task<int> EndAsync(EchoProcess process)
    {
        process.Send(Signal.Terminate);
        return await process.WaitForExitAsync();
    }

    // One line a trouble, and none of a library's.
    private static void AssertQuiet(EchoProcess process) => Assert.DoesNotContain(
        process.Output.Lines,
        line => line.Contains("Exception", StringComparison.Ordinal) || line.StartsWith("   at ", StringComparison.Ordinal)
            || line.Contains("Orleans.Hosting.Kubernetes", StringComparison.Ordinal));
}
