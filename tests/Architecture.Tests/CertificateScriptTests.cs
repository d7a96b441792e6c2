using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Architecture.Tests;

/// <summary>deploy/tls/make-certificates makes what the programs take.</summary>
public sealed class CertificateScriptTests : IDisposable
{
    private static readonly CertificateRole[] Roles = [CertificateRole.Silo, CertificateRole.Gateway];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-tls-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Certificates_AreTaken_StayWhenTheyAreThere_AndAreMadeAnewWhenTheyAreNot()
    {
        OutsideProgram.SkipUnlessInstalled("openssl");
        await MakeAsync();
        AssertTaken();
        var (before, authority) = (ReadAll("tls.crt"), ReadAll("ca.crt"));
        await MakeAsync();
        Assert.Equal(before, ReadAll("tls.crt"));
        foreach (var role in Roles) File.Delete(PathOf(role, "tls.crt"));
        await MakeAsync();
        AssertTaken();
        Assert.Empty(before.Intersect(ReadAll("tls.crt")));
        Assert.Equal(authority, ReadAll("ca.crt"));
    }

    private async Task MakeAsync()
    {
        using var script = Process.Start(Repository.PathOf("deploy", "tls", "make-certificates"), [_folder.FullName]);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, script.ExitCode);
        Assert.All(Roles, role => Assert.True(IsClosedToOthers(PathOf(role, "tls.key"))));
    }

    // As a program checks them when it starts.
    private void AssertTaken() => Assert.All(Roles, role =>
    {
        var settings = new Dictionary<string, string?>
        {
            ["Cluster:Tls:Certificate"] = PathOf(role, "tls.crt"),
            ["Cluster:Tls:Key"] = PathOf(role, "tls.key"),
            ["Cluster:Tls:Authority"] = PathOf(role, "ca.crt"),
            ["Cluster:Tls:Name"] = "orleansecho",
        };
        var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).AddClusterTls(role);
        using var provider = services.BuildServiceProvider();
        Assert.True(provider.GetRequiredService<IOptions<ClusterTlsOptions>>().Value.IsOn);
    });

    private static bool IsClosedToOthers(string file) => OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) is 0;

    private string[] ReadAll(string file) => [.. Roles.Select(role => File.ReadAllText(PathOf(role, file)))];

    private string PathOf(CertificateRole role, string file) => Path.Combine(_folder.FullName, role is CertificateRole.Silo ? "silo" : "gateway", file);
}
