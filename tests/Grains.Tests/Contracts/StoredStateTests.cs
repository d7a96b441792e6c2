using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Grains.Tests.Contracts;

/// <summary>
/// What is in the stores outlives the release that wrote it, and after a rollback the last release reads what this one has written. Stores keep
/// text with the names of the types and members in the code: here it is, in an approved file.
/// </summary>
public sealed class StoredStateTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private const string FileName = "QuotaRecord.approved.json";

    private readonly IGrainStorageSerializer _serializer = silo.Cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainStorageSerializer>();

    private static QuotaRecord Sample => new()
    {
        Epoch = 7,
        Writer = "4f0c",
        Limit = 500,
        ConfiguredLimit = 400,
        Version = 3,
        IsComplete = true,
        Cluster = "blue",
        Relearning = "4f0c.2",
        IncompleteFor = TimeSpan.FromSeconds(2.5),
        Holders = [new("k7f3qz9d2m4x", "gateway-a", 30, 12, TimeSpan.FromSeconds(15)) { EndsIn = TimeSpan.FromSeconds(4), InUse = 29, Shortage = 3 }, new("0a1b2c3d4e5f", "gateway-b", 0, 1, TimeSpan.FromMilliseconds(3500))],
    };

    [Fact]
    public async Task StateIsWrittenAsApproved() => Assert.Equal(await ApprovedAsync(), _serializer.Serialize(Sample).ToString());

    [Fact]
    public async Task StateThatIsStored_IsRead() => AssertSample(Read(await ApprovedAsync()));

    [Fact]
    public async Task StateOfALaterRelease_IsRead_WithoutWhatItHasAdded() =>
        AssertSample(Read((await ApprovedAsync()).Replace("\"Epoch\":", "\"Added\":[1,2],\"Epoch\":", StringComparison.Ordinal)));

    [Fact]
    public async Task StateOfAnEarlierRelease_IsRead_WithDefaultsForWhatItHasNot()
    {
        var read = Read((await ApprovedAsync()).Replace("\"ConfiguredLimit\":400,", "", StringComparison.Ordinal));
        Assert.Null(read.ConfiguredLimit);
        AssertSample(read with { ConfiguredLimit = 400 });
    }

    private static async Task<string> ApprovedAsync() =>
        (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Contracts", FileName), TestContext.Current.CancellationToken)).TrimEnd('\n');

    private static void AssertSample(QuotaRecord read)
    {
        Assert.Equal(Sample.Holders, read.Holders);
        Assert.Equal(Sample with { Holders = read.Holders }, read);
    }

    private QuotaRecord Read(string text) => _serializer.Deserialize<QuotaRecord>(BinaryData.FromString(text))!;
}
