using OrleansEcho.Cluster.Tests;
using OrleansEcho.Cluster.Tests.Quota;
using OrleansEcho.Cluster.Tests.Upgrade;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// Classes whose tests take long together begin first: one that began last would run on by itself when all others have ended. See
/// <see cref="InOrderFramework"/>.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Half a minute and more, as measured on two cores.
    private static readonly Type[] Long =
    [
        typeof(RestartQuotaTests), typeof(MembershipStoreLossTests), typeof(MembershipTests), typeof(KubernetesTests), typeof(StoreLossQuotaTests),
        typeof(RollingUpgradeTests), typeof(StopTests), typeof(LeaseEndQuotaTests), typeof(TlsTests), typeof(SecretTests), typeof(TwoGatewaysQuotaTests),
        typeof(LiveLimitTests), typeof(LongDrainTests), typeof(LoadWorkersTests), typeof(FirstEchoTests), typeof(SeveralSilosTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Rank)];

    // A class that is in no collection of others has one of its own, which is called after it.
    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var rank = Array.FindIndex(Long, type => collection.TestCollectionDisplayName.Contains($"{type.FullName} ", StringComparison.Ordinal));
        return rank < 0 ? Long.Length : rank;
    }
}
