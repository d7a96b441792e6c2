using System.Text.RegularExpressions;
using Xunit;

namespace OrleansEcho.Testing.Processes;

/// <summary>What a process has written so far, to be waited on.</summary>
public sealed partial class ProcessOutput(string process)
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _ended;

    /// <summary>All lines, in the order in which they arrived.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock) return [.. _lines];
        }
    }

    /// <summary>The lines on standard error.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_lock) return [.. _errors];
        }
    }

    /// <summary>The log lines of level error and critical, in which the product admits a fault of its own.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_lock) return [.. _lines.Where(l => FaultLine().IsMatch(l) && !IsOfABusyMachine(l))];
        }
    }

    /// <summary>Whether a line only says that the process's threads stood still: no fault of it, on a machine that has too much to do.</summary>
    public static bool IsOfABusyMachine(string line) => line.Contains(" Orleans.Runtime.MembershipService.LocalSiloHealthMonitor[", StringComparison.Ordinal);

    /// <summary>Waits for a line that contains a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">How long to wait.</param>
    /// <returns>The line.</returns>
    public Task<string> WaitForAsync(string text, TimeSpan? limit = null) => FindAsync(text).WithinAsync($"{process} to write '{text}'", limit);

    internal async Task ReadAsync(StreamReader reader, bool isError)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line);
                if (isError) _errors.Add(line);
                Signal();
            }
        }
    }

    internal void End()
    {
        lock (_lock)
        {
            _ended = true;
            Signal();
        }
    }

    private async Task<string> FindAsync(string text)
    {
        var next = 0;
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                for (; next < _lines.Count; next++)
                {
                    if (_lines[next].Contains(text, StringComparison.Ordinal)) return _lines[next];
                }

                if (_ended) Assert.Fail($"{process} ended without writing '{text}'.");
                changed = _changed.Task;
            }

            await changed;
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // As the console logger writes it: a time, then the level.
    [GeneratedRegex(@"^\S+ (fail|crit): ")]
    private static partial Regex FaultLine();
}
