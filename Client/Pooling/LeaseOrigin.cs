namespace OrleansEcho.Client.Pooling;

/// <summary>Where in the caller's code a connection was acquired.</summary>
internal readonly record struct LeaseOrigin(string Member, string File, int Line)
{
    public override string ToString() => $"{Member} ({Path.GetFileName(File)}:{Line})";
}
