namespace OrleansEcho.Silo.Tests.Storage;

public sealed class FileGrainStorageTests(FileStoreFixture store) : LastingGrainStorageTests<FileStoreFixture>(store)
{
    [Fact]
    public async Task DamagedFile_IsAFault_AndNeitherReadNorReplaced()
    {
        using var folder = new StateFolder();
        await using var silo = await RunningSilo.StartAsync(folder.Settings);
        var (grain, state) = (NewGrain(), new Held(1, "some words"));
        await WriteAsync(silo.Storage, grain, state);
        var file = folder.OnlyStateFile;
        var whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        for (var length = 0; length < whole.Length; length++) await IsRefusedAsync(whole[..length]);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0x20; // a letter's other case, too
            await IsRefusedAsync(damaged);
        }

        await IsRefusedAsync([.. whole, (byte)' ']);
        await File.WriteAllBytesAsync(file, whole, TestContext.Current.CancellationToken);
        Assert.Equal(1, (await ReadAsync(silo.Storage, grain)).State.Count);

        async Task IsRefusedAsync(byte[] content)
        {
            await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
            var fault = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(silo.Storage, grain));
            Assert.Contains(file, fault.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<InvalidDataException>(() => WriteAsync(silo.Storage, grain, state));
            Assert.Equal(content, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task FileOfAnotherGrain_IsAFault()
    {
        using var folder = new StateFolder();
        await using var silo = await RunningSilo.StartAsync(folder.Settings);
        var (one, other) = (NewGrain(), NewGrain());
        await WriteAsync(silo.Storage, one, new Held(1));
        var file = folder.OnlyStateFile;
        var content = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        File.Delete(file);
        await WriteAsync(silo.Storage, other, new Held(2));
        await File.WriteAllBytesAsync(folder.OnlyStateFile, content, TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(silo.Storage, other));
        Assert.Contains($"it is that of {one}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderThatHasGone_IsAFault_AndNoEmptyState()
    {
        using var folder = new StateFolder();
        await using var silo = await RunningSilo.StartAsync(folder.Settings);
        Directory.Delete(folder.Path, recursive: true);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => ReadAsync(silo.Storage, NewGrain()));
        Directory.CreateDirectory(folder.Path);
    }

    [Fact]
    public async Task SecondSiloOnTheFolder_IsRefused_UntilTheFirstHasEnded()
    {
        using var folder = new StateFolder();
        await using (await RunningSilo.StartAsync(folder.Settings))
        {
            var line = await RunningSilo.RefusalAsync(folder.Settings);
            Assert.Equal(
                $"The folder {folder.Path} (Storage:Folder) is in use by another process; stop it, or choose another with "
                + "--Storage:Folder=FOLDER.", line);
        }

        await using var next = await RunningSilo.StartAsync(folder.Settings);
    }

    [Fact]
    public async Task FileThatACrashLeftUnfinished_IsRemoved_AndTheOldOneStands()
    {
        using var folder = new StateFolder();
        var grain = NewGrain();
        await using (var silo = await RunningSilo.StartAsync(folder.Settings)) await WriteAsync(silo.Storage, grain, new Held(1));
        await File.WriteAllTextAsync(folder.OnlyStateFile + ".tmp", "half of", TestContext.Current.CancellationToken);
        await using var next = await RunningSilo.StartAsync(folder.Settings);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.tmp"));
        Assert.Equal(1, (await ReadAsync(next.Storage, grain)).State.Count);
    }

    [Fact]
    public async Task FolderThatCannotBeWrittenTo_IsNotSaidToBeInUse()
    {
        using var folder = new StateFolder();
        File.CreateSymbolicLink(Path.Combine(folder.Path, "lock"), "/proc/self/nothing"); // cannot be made by anybody, root or not
        var line = await RunningSilo.RefusalAsync(folder.Settings);
        Assert.StartsWith($"The folder {folder.Path} (Storage:Folder) cannot be written to: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderThatIsAFile_IsNamed()
    {
        using var folder = new StateFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var line =
            await RunningSilo.RefusalAsync(new Dictionary<string, string?> { ["Storage:Provider"] = "file", ["Storage:Folder"] = file });
        Assert.StartsWith($"The folder {file} (Storage:Folder) cannot be made: ", line, StringComparison.Ordinal);
    }

    private sealed class StateFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("echo-").FullName;

        public string OnlyStateFile => Assert.Single(Directory.EnumerateFiles(Path, "*.state"));

        public IReadOnlyDictionary<string, string?> Settings =>
            new Dictionary<string, string?> { ["Storage:Provider"] = "file", ["Storage:Folder"] = Path };

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
