using OrleansEcho.Cluster.Tests;
using OrleansEcho.Cluster.Tests.Quota;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace OrleansEcho.Cluster.Tests;

/// <summary>Classes whose tests take long together begin first: one that began last would run on by itself when all others have ended.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] Long =
    [
        typeof(MembershipStoreLossTests), typeof(MembershipTests), typeof(StopTests), typeof(SecretTests), typeof(ConfigurationTests), typeof(RestartQuotaTests),
        typeof(StoreLossQuotaTests), typeof(KubernetesTests), typeof(SeveralSilosTests), typeof(DescriptorTests), typeof(LongDrainTests), typeof(StartOrderTests),
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
