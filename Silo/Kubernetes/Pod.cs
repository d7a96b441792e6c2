namespace OrleansEcho.Silo.Kubernetes;

/// <summary>The pod that this process runs in, as Kubernetes tells it.</summary>
/// <param name="variable">Reads a variable of the environment.</param>
/// <param name="account">The folder of the pod's service account.</param>
internal sealed class Pod(Func<string, string?> variable, string account)
{
    private const string Account = "/var/run/secrets/kubernetes.io/serviceaccount";

    // Kubernetes sets the first two in every pod. The others come from the manifest: without a name of its own a silo would take its
    // host's, which need not be the pod's, and the others would watch for a pod that there never was.
    private static readonly string[] Variables = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "POD_NAME", "POD_NAMESPACE"];

    private static readonly string[] Files = ["token", "ca.crt"];

    public Pod()
        : this(Environment.GetEnvironmentVariable, Account)
    {
    }

    /// <summary>What to call Kubernetes' API in a log.</summary>
    public string Api => $"Kubernetes at {variable(Variables[0])}:{variable(Variables[1])}";

    /// <summary>What is not there, of what it takes to ask Kubernetes about pods.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. Variables.Where(name => string.IsNullOrWhiteSpace(variable(name))),
        .. Files.Select(name => Path.Combine(account, name)).Where(file => !File.Exists(file)),
    ];
}
