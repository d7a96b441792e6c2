namespace OrleansEcho.Grains;

/// <summary>The names of the stores that grains keep state in: what stands behind each is a silo's configuration (section <c>Storage</c>).</summary>
public static class GrainStorageNames
{
    /// <summary>What quotas have granted. It is part of what is stored: another name would find nothing.</summary>
    public const string Quota = "quota";
}
