using System.Reflection;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Upgrade;

/// <summary>The programs as they were released last (tests/LastRelease), each with the packages of its own release.</summary>
internal static class LastRelease
{
    // The restore of this project has put those packages there (tests/LastRelease/packages.props).
    private static readonly string Packages = typeof(LastRelease).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key is "NuGetPackageRoot").Value!;

    public static EchoExecutable Silo { get; } = Kept("Silo");

    // That of 235a1a1 lets Orleans report an error when it disposes of what connected to a silo that has stopped.
    public static EchoExecutable Gateway { get; } = Kept("Gateway", "--Logging:LogLevel:Orleans.Runtime.ClientClusterManifestProvider=Critical", "--Logging:LogLevel:Orleans.OutsideRuntimeClient=Critical");

    private static EchoExecutable Kept(string project, params string[] arguments) => EchoExecutable.Other(
        $"{project} of the last release",
        ["dotnet", "exec", "--additionalprobingpath", Packages, Path.Combine(AppContext.BaseDirectory, "LastRelease", $"OrleansEcho.{project}.dll"), .. arguments]);
}
