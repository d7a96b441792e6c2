using System.Collections.Concurrent;
using System.Reflection;
using OrleansEcho.Cluster.Tests;
using Xunit.Sdk;
using Xunit.v3;

// Each test starts processes that keep a core busy while they start, and waits for most of its time after that.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: TestFramework(typeof(InOrderFramework))]

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// xunit's own, but for this: collections that run at the same time begin in the order in which <see cref="LongestFirst"/> puts them.
/// xunit lets the thread pool choose, which began the longest one last.
/// </summary>
public sealed class InOrderFramework : XunitTestFramework
{
    protected override ITestFrameworkExecutor CreateExecutor(Assembly assembly) =>
        new Executor(new XunitTestAssembly(assembly, null, assembly.GetName().Version));

    private sealed class Executor(IXunitTestAssembly assembly) : XunitTestFrameworkExecutor(assembly)
    {
        public override async ValueTask RunTestCases(
            IReadOnlyCollection<IXunitTestCase> testCases,
            IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions,
            CancellationToken cancellationToken) =>
            await new Runner().Run(TestAssembly, testCases, executionMessageSink, executionOptions, cancellationToken);
    }

    private sealed class Runner : XunitTestAssemblyRunner
    {
        protected override async ValueTask<RunSummary> RunTestCollections(XunitTestAssemblyRunnerContext ctxt, Exception? exception)
        {
            if (ctxt.DisableParallelization || ctxt.MaxParallelThreads < 1 || exception is not null)
                return await base.RunTestCollections(ctxt, exception);
            var ordered = OrderTestCollections(ctxt);
            var together = new ConcurrentQueue<(IXunitTestCollection, List<IXunitTestCase>)>(
                ordered.Where(c => !c.Collection.DisableParallelization));
            var alone = new ConcurrentQueue<(IXunitTestCollection, List<IXunitTestCase>)>(
                ordered.Where(c => c.Collection.DisableParallelization));
            var sums = await Task.WhenAll(
                Enumerable.Range(0, ctxt.MaxParallelThreads).Select(_ => Task.Run(() => RunAllAsync(ctxt, together))));
            var sum = await RunAllAsync(ctxt, alone);
            foreach (var other in sums) sum.Aggregate(other);
            return sum;
        }

        private async Task<RunSummary> RunAllAsync(
            XunitTestAssemblyRunnerContext ctxt,
            ConcurrentQueue<(IXunitTestCollection Collection, List<IXunitTestCase> Cases)> collections)
        {
            var sum = default(RunSummary);
            while (!ctxt.CancellationTokenSource.IsCancellationRequested && collections.TryDequeue(out var next))
            {
                sum.Aggregate(await RunTestCollection(ctxt, next.Collection, next.Cases));
            }

            return sum;
        }
    }
}
