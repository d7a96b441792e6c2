using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Reports.Html;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Workers;
using OrleansEcho.ServiceDefaults.Processes;

// Every part is plugged in here. A command is a class in Commands, and a line below.
InlineCompletions.Enable();
TerminalWriter.Install();
static ResultFormat<RunResult> Format(string option, string description, Action<RunResult, TextWriter> write) =>
    new(option, description, (result, path, cancellation) => OutputFile.WriteAsync(path, writer => write(result, writer), cancellation));

using var interruption = new Interruption(Console.Error, Environment.Exit);
var engine = new LoadEngine(TimeProvider.System);
return await new LoadProgram(
    new RunCommand(
        engine,
        (settings, workers) => new ClusterRunner(OrleansSession.OpenAsync, settings, workers, TimeProvider.System),
        new RunThresholds(),
        new RunViews(TimeProvider.System),
        new ResultFormat<RunResult>("--json", "All that is known of the run, for compare and history.", RunResultFile.WriteAsync),
        Format("--html", "A report for people, in one file.", HtmlReport.Write),
        Format("--junit", "The thresholds as tests, for a CI server.", JUnitReport.Write),
        Format("--hdr", "The latencies as an HdrHistogram log.", HistogramLog.Write)),
    new SearchCommand(engine, new RunThresholds(), TimeProvider.System),
    new CompareCommand(engine),
    new HistoryCommand(),
    new WorkerCommand(OrleansSession.OpenAsync, engine, TimeProvider.System),
    new ScenariosCommand()).RunAsync(args, new LoadConsole(Console.Out, Console.Error, interruption.Token));
