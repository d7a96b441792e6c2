using System.CommandLine;
using System.Globalization;
using BenchmarkDotNet.Running;
using OrleansEcho.Benchmarks;
using OrleansEcho.Benchmarks.EndToEnd;

// direct-echo [PORT]: the baseline of every ratio in docs/performance.md. end-to-end, memory and tail: its figures. Anything else goes to BenchmarkDotNet (--filter '*').
switch (args)
{
    case ["direct-echo", ..]:
        await DirectEcho.RunAsync(args is [_, var port] ? int.Parse(port, CultureInfo.InvariantCulture) : 7900);
        return 0;
    case ["end-to-end" or "memory" or "tail", ..]:
        return await new RootCommand { EndToEndCommand.Make(), MemoryCommand.Make(), TailCommand.Make() }.Parse(args).InvokeAsync();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(DirectEcho).Assembly).Run(args);
        return 0;
}
