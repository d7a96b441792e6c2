using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Results;

// Every part is plugged in here. A command is a class in Commands, and a line below.
var parts = new Unplugged();
static Task NotYet(RunResult result, string path, CancellationToken cancellation) => throw new IOException();

using var interruption = new Interruption(Console.Error, Environment.Exit);
return await new LoadProgram(
    new RunCommand(
        parts,
        parts,
        parts,
        new ResultFormat("--json", "All that is known of the run, for compare and history.", NotYet),
        new ResultFormat("--html", "A report for people, in one file.", NotYet),
        new ResultFormat("--junit", "The thresholds as tests, for a CI server.", NotYet),
        new ResultFormat("--hdr", "The latencies as an HdrHistogram log.", NotYet)),
    new ScenariosCommand()).RunAsync(args, new LoadConsole(Console.Out, Console.Error, interruption.Token));
