using BenchmarkDotNet.Running;
using OrleansEcho.Benchmarks;

// direct-echo [PORT]: the baseline of every ratio in docs/performance.md. Anything else goes to BenchmarkDotNet (--filter '*').
if (args is ["direct-echo", ..])
{
    await DirectEcho.RunAsync(args is [_, var port] ? int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) : 7900);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(DirectEcho).Assembly).Run(args);
}
