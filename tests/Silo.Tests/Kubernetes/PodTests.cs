using OrleansEcho.Silo.Kubernetes;

namespace OrleansEcho.Silo.Tests.Kubernetes;

public sealed class PodTests
{
    [Fact]
    public void WhatIsMissing_IsNamed()
    {
        var folder = Directory.CreateTempSubdirectory("echo-pod-");
        try
        {
            var environment = new Dictionary<string, string?> { ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1", ["KUBERNETES_SERVICE_PORT"] = "443", ["POD_NAME"] = " " };
            var pod = new Pod(name => environment.GetValueOrDefault(name), folder.FullName);
            File.WriteAllText(Path.Combine(folder.FullName, "ca.crt"), "");
            Assert.Equal(["POD_NAME", "POD_NAMESPACE", Path.Combine(folder.FullName, "token")], pod.Missing);
            environment["POD_NAME"] = "silo-0";
            environment["POD_NAMESPACE"] = "echo";
            File.WriteAllText(Path.Combine(folder.FullName, "token"), "");
            Assert.Empty(pod.Missing);
            Assert.Equal("Kubernetes at 10.0.0.1:443", pod.Api);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
