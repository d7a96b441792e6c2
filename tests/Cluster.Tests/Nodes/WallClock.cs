using System.Diagnostics;

namespace OrleansEcho.Cluster.Tests.Nodes;

/// <summary>The wall clock that one program sees, by a library that is preloaded (wallclock.c); its monotonic clock stays right, as on a machine whose time is set.</summary>
internal sealed class WallClock : IDisposable
{
    private static readonly Lazy<string?> Library = new(Compile);

    private readonly string _file = Path.GetTempFileName();

    public WallClock() => Jump(0);

    /// <summary>Whether clocks can be moved here: there is a C compiler.</summary>
    public static bool Exists => Library.Value is not null;

    /// <summary>What the program needs in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library.Value!,
        ["WALL_CLOCK_OFF_BY"] = _file,
    };

    /// <summary>Sets it so far off from the machine's.</summary>
    public void Jump(int seconds)
    {
        using var file = new FileStream(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite); // mapped by the program: never shorter
        file.Write(BitConverter.GetBytes((long)seconds));
    }

    public void Dispose() => File.Delete(_file);

    private static string? Compile()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "libwallclock.so");
        try
        {
            using var compiler = Process.Start("cc", ["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, Path.Combine(AppContext.BaseDirectory, "wallclock.c"), "-ldl"]);
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
            return library;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is none
        }
    }
}
