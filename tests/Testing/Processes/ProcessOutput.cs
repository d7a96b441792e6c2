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

    /// <summary>Everything, in the order in which it arrived.</summary>
    public string Text
    {
        get
        {
            lock (_lock) return string.Join('\n', _lines);
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
            lock (_lock) return [.. _lines.Where(l => FaultLine().IsMatch(l))];
        }
    }

    /// <summary>How many lines there are: where to start looking for what comes next.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _lines.Count;
        }
    }

    /// <summary>Waits for a line that contains a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">The number of the first line to look at.</param>
    /// <returns>The line.</returns>
    public Task<string> WaitForAsync(string text, int from = 0) => FindAsync(text, from).WithinAsync($"{process} to write '{text}'");

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

    private async Task<string> FindAsync(string text, int next)
    {
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
