using System.Runtime.InteropServices;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Where this process runs.</summary>
internal static class Machine
{
    private const string CpuInfo = "/proc/cpuinfo";

    /// <summary>What tells this machine from another.</summary>
    public static MachineFingerprint Fingerprint() => new(
        Processor(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, $"{RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})", RuntimeInformation.FrameworkDescription);

    private static string Processor()
    {
        try
        {
            var line = File.Exists(CpuInfo) ? File.ReadLines(CpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
            return line?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.ProcessArchitecture}";
        }
        catch (IOException)
        {
            return $"{RuntimeInformation.ProcessArchitecture}";
        }
    }
}
