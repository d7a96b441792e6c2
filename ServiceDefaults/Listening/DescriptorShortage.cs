namespace OrleansEcho.ServiceDefaults.Listening;

/// <summary>Whose open files are used up.</summary>
public enum DescriptorShortage
{
    /// <summary>Nobody's: there is room.</summary>
    None,

    /// <summary>This process's, but for its reserve.</summary>
    Process,

    /// <summary>The whole system's.</summary>
    System,
}
