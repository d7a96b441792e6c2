using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using OrleansEcho.Gateway.Adapters.Tcp;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

public sealed class SocketFileTests
{
    [Fact]
    public void AFileThatCannotBeRemovedIsSaidToStay_AndNothingIsThrown()
    {
        const string Path = "/proc/version"; // not even root removes it
        Assert.SkipUnless(File.Exists(Path), "This system has no such file.");
        var log = new FakeLogger();
        new SocketFile(Path).Remove(log);
        var line = Assert.Single(log.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.StartsWith($"The file of the socket {Path} cannot be removed: ", line.Message, StringComparison.Ordinal);
        Assert.EndsWith(". The next gateway there removes it.", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatNobodyCouldTellToBeOursIsLeftAlone()
    {
        var folder = Directory.CreateTempSubdirectory("echo-");
        try
        {
            var path = Path.Combine(folder.FullName, "s");
            var file = new SocketFile(path); // the system tells nothing of it, as an old libc or another system does
            File.WriteAllText(path, "somebody's");
            var log = new FakeLogger();
            file.Remove(log);
            Assert.True(File.Exists(path));
            Assert.StartsWith($"The file of the socket {path} cannot be removed: ", Assert.Single(log.Collector.GetSnapshot()).Message,
                StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
