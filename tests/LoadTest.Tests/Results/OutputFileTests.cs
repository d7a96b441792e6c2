using System.Diagnostics;
using System.IO.Pipes;
using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.LoadTest.Tests.Results;

/// <summary>A result goes into what its path leads to, and that stays what it was.</summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-load-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task APipesReaderGetsAll_AndNothingWhenItIsTried()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes with names are Linux's.");
        var pipe = PathOf("pipe");
        await DoAsync("mkfifo", pipe);
        using var reader = Process.Start(new ProcessStartInfo("cat", pipe) { RedirectStandardOutput = true })!;
        Assert.Null(OutputProbe.FaultOf("--json", pipe));
        await WriteAsync(pipe, "all of it");

        Assert.Equal("all of it", await reader.StandardOutput.ReadToEndAsync(Stop).WithinAsync("the end of the pipe"));
        Assert.False(UnixFile.Find(pipe)!.Value.IsRegular);
        Assert.Equal(["pipe"], _folder.EnumerateFileSystemInfos().Select(f => f.Name));
    }

    [Fact]
    public async Task ADeviceStaysADevice()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Devices are looked at on Linux.");
        File.CreateSymbolicLink(PathOf("link"), "/dev/null");
        foreach (var path in (string[])["/dev/null", PathOf("link")])
        {
            Assert.Null(OutputProbe.FaultOf("--json", path));
            await WriteAsync(path, "nobody's");
            OutputFile.Remove(path);
            Assert.False(UnixFile.Find(path)!.Value.IsRegular);
        }

        Assert.NotNull(new FileInfo(PathOf("link")).LinkTarget);
    }

    // As a shell gives it: --json >(jq .) is --json /dev/fd/63.
    [Fact]
    public async Task APipeThatIsOpenGetsAll()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors have paths on Linux.");
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        var path = $"/dev/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        Assert.Null(OutputProbe.FaultOf("--json", path));
        await WriteAsync(path, "all of it");
        pipe.DisposeLocalCopyOfClientHandle();

        using var reader = new StreamReader(pipe);
        Assert.Equal("all of it", await reader.ReadToEndAsync(Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop));
    }

    // As a shell does with 3>file: the file is the shell's, which may go on to write to it.
    [Fact]
    public async Task AFileThatIsOpenIsAddedTo_WhoeverHasItOpen()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors have paths on Linux.");
        await File.WriteAllTextAsync(PathOf("ours"), "begun;", Stop);
        await using var ours = new FileStream(PathOf("ours"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using var other = Process.Start("sh", ["-c", "printf 'begun;' > \"$0\"; exec sleep 60 >> \"$0\" 2> \"$0.err\"", PathOf("theirs")]);
        try
        {
            var (mine, theirs) = ($"fd/{ours.SafeFileHandle.DangerousGetHandle()}", $"/proc/{other.Id}/fd");
            await Deadline.UntilAsync(() => Task.FromResult(new FileInfo($"{theirs}/2").LinkTarget == PathOf("theirs.err")),
                "the other process to have its files open");
            File.CreateSymbolicLink(PathOf("link"), $"{theirs}/1");
            foreach (var path in (string[])[$"/dev/{mine}", $"/proc/self/{mine}", $"/proc/{Environment.ProcessId}/{mine}", $"{theirs}/1",
                $"{theirs}/2", PathOf("link")])
            {
                Assert.Null(OutputProbe.FaultOf("--json", path));
                await WriteAsync(path, "ended;");
                OutputFile.Remove(path);
            }
        }
        finally
        {
            other.Kill();
        }

        Assert.Equal("begun;ended;ended;ended;", await File.ReadAllTextAsync(PathOf("ours"), Stop));
        Assert.Equal("begun;ended;ended;", await File.ReadAllTextAsync(PathOf("theirs"), Stop));
        Assert.Equal("ended;", await File.ReadAllTextAsync(PathOf("theirs.err"), Stop));
    }

    [Theory]
    [InlineData("/dev/stdout")]
    [InlineData("/dev/fd/1")]
    [InlineData("/proc/self/fd/1")]
    [InlineData("link")]
    public async Task StandardOutputGetsWhatAShellHasBegunAFileFor(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors have paths on Linux.");
        using var echo = new ByteEcho();
        File.CreateSymbolicLink(PathOf("link"), "/dev/stdout");
        string[] load =
            ["run", "--target", $"line={echo.Address}", "--connections", "1", "--warmup", "0s", "--duration", "100ms", "--quiet"];
        const string Script = "cd \"$0\"; (echo begun; \"$@\"; echo; echo ended) > all";
        await DoAsync("sh", ["-c", Script, _folder.FullName, .. EchoExecutable.LoadTest.Command, .. load, "--json", path]);

        var lines = await File.ReadAllLinesAsync(PathOf("all"), Stop);
        Assert.Equal(("begun", "ended"), (lines[0], lines[^1]));
        Assert.Contains("\"verdict\"", string.Concat(lines[1..^1]), StringComparison.Ordinal);
        Assert.Equal(["all", "link"], _folder.EnumerateFileSystemInfos().Select(f => f.Name).Order());
    }

    [Fact]
    public async Task ALinkStaysALink()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links are Unix's.");
        await File.WriteAllTextAsync(PathOf("target"), "old", Stop);
        foreach (var (
            link, target) in (ReadOnlySpan<(string, string)>)[("link", "target"), ("second", "link"), ("dangling", "nothing yet")])
        {
            File.CreateSymbolicLink(PathOf(link), target);
        }

        foreach (var (link, target) in ((string, string)[])[("link", "target"), ("second", "target"), ("dangling", "nothing yet")])
        {
            Assert.Null(OutputProbe.FaultOf("--json", PathOf(link)));
            await WriteAsync(PathOf(link), link);
            Assert.NotNull(new FileInfo(PathOf(link)).LinkTarget);
            Assert.Equal(link, await File.ReadAllTextAsync(PathOf(target), Stop));
        }

        Assert.Equal(5, _folder.EnumerateFileSystemInfos().Count());
    }

    [Fact]
    public async Task AFileKeepsItsModeItsOwnerAndItsOtherNames()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Modes and owners are looked at on Linux.");
        if (OperatingSystem.IsWindows()) return; // the compiler does not know that it has been skipped
        var (alone, twice, other) = (PathOf("alone"), PathOf("twice"), PathOf("other"));
        foreach (var path in (string[])[alone, twice])
        {
            await File.WriteAllTextAsync(path, "a longer text than the new one", Stop);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        await DoAsync("ln", twice, other);
        if (Environment.IsPrivilegedProcess) Assert.True(new UnixFile(true, 1, 1000, 1001).TryGiveOwnerTo(alone));
        var before = UnixFile.Find(alone);
        foreach (var path in (string[])[alone, twice])
        {
            await WriteAsync(path, "new");
            Assert.Equal("new", await File.ReadAllTextAsync(path, Stop));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        }

        Assert.Equal(before, UnixFile.Find(alone));
        Assert.Equal("new", await File.ReadAllTextAsync(other, Stop));
    }

    // Half of a result is none: what was there stays, also where it is written in place.
    [Theory]
    [InlineData("alone")]
    [InlineData("twice")]
    public async Task WhatFailsLeavesTheOldFile(string name)
    {
        await File.WriteAllTextAsync(PathOf(name), "old", Stop);
        if (name is "twice" && OperatingSystem.IsLinux()) await DoAsync("ln", PathOf(name), PathOf("other"));
        await Assert.ThrowsAsync<OutputFileException>(
            () => OutputFile.WriteAsync(PathOf(name), writer => throw new IOException("no space"), Stop));
        Assert.Equal("old", await File.ReadAllTextAsync(PathOf(name), Stop));
        Assert.DoesNotContain(_folder.EnumerateFiles(), f => f.Name.StartsWith('.'));
    }

    private static Task WriteAsync(string path, string text) => OutputFile.WriteAsync(path, writer => writer.Write(text), Stop);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static async Task DoAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(0, process.ExitCode);
    }
}
