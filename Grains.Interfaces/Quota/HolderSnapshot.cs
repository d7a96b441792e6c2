namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>What one gateway holds.</summary>
/// <param name="Gateway">Its name.</param>
/// <param name="Holder">Its run.</param>
/// <param name="Leased">Permits that it was lent.</param>
/// <param name="InUse">Those that had a connection when it reported last.</param>
/// <param name="Unleased">Connections without a permit when it reported last.</param>
/// <param name="ExpiresIn">When its lease counts as over here unless it renews.</param>
[GenerateSerializer]
[Immutable]
[Alias("echo.HolderSnapshot")]
public sealed record HolderSnapshot(
    [property: Id(0)] string Gateway,
    [property: Id(1)] string Holder,
    [property: Id(2)] int Leased,
    [property: Id(3)] int InUse,
    [property: Id(4)] int Unleased,
    [property: Id(5)] TimeSpan ExpiresIn);
