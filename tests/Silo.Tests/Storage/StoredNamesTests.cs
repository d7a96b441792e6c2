using System.Text;
using Orleans.Storage;
using OrleansEcho.Silo.Storage;

namespace OrleansEcho.Silo.Tests.Storage;

/// <summary>By what a store finds a state again, and what is around it: a silo of another release looks there, and for that.</summary>
public sealed class StoredNamesTests
{
    private static readonly StateOwner Quota = new("orleansecho", "quota", GrainId.Create("connectionquota", "cluster"));

    [Fact]
    public void FileHasTheNameThatItHasAlwaysHad() => Assert.Equal("fa77c728bf9a22117e82526009c887e5a8e8b360030326cfe88739480dd7ef54.state", StateFile.NameFor(Quota));

    [Fact]
    public void FileIsAsItHasAlwaysBeen()
    {
        const string Text = """
            orleansecho-state 1 3d09f4e9810dafd55a4a37c901a622b8bd8ed9e809603ce0ecb46af4f56fafcd
            {"ServiceId":"orleansecho","StateName":"quota","Grain":"connectionquota/cluster","ETag":"5f"}
            state
            """;
        Assert.Equal(Text, Encoding.UTF8.GetString(new StateFile(Quota, "5f", "state"u8.ToArray()).ToBytes()));
        Assert.Equal("state"u8, StateFile.Read(Encoding.UTF8.GetBytes(Text), "a file", Quota).Payload.Span);
    }

    [Theory]
    [InlineData("cluster", "=connectionquota/cluster")]
    [InlineData("{7%}\0", "=connectionquota/%7B7%25%7D%00")]
    public async Task RowHasTheKeyThatItHasAlwaysHad(string key, string stored)
    {
        var rows = new Rows();
        await new AnyKeyGrainStorage(rows).ReadStateAsync("quota", GrainId.Create("connectionquota", key), new GrainState<Grants>());
        Assert.Equal(GrainId.Create("connectionquota", stored), rows.LastRead);
    }

    private sealed class Rows : IGrainStorage
    {
        public GrainId LastRead { get; private set; }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            LastRead = grainId;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
    }
}
