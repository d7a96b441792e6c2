namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>The wall clock that one program sees, by libfaketime; its monotonic clock stays right, as on a machine whose time is set.</summary>
internal sealed class WallClock : IDisposable
{
    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib").Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    private readonly string _file = Path.GetTempFileName();

    public WallClock() => Jump(0);

    /// <summary>Whether clocks can be moved here.</summary>
    public static bool Exists => Library is not null;

    /// <summary>What the program needs in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library!,
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_CACHE_DURATION"] = "1", // so that it sees a jump within a second, and does not read the file each time
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>Sets it so far off from the machine's.</summary>
    public void Jump(int seconds) => File.WriteAllText(_file, $"{seconds:+0;-0;+0}\n");

    public void Dispose() => File.Delete(_file);
}
