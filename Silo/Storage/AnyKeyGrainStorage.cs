using System.Text;
using Orleans.Storage;

namespace OrleansEcho.Silo.Storage;

/// <summary>
/// Makes Orleans' provider for databases tell all grains apart. By itself it leaves out a grain's type, takes a text key that looks like a
/// number for one (7, 07 and 007 would share a row, and so would abc and ABC), and fails after the write at a key with a brace, which it
/// uses as a format; and a database refuses a key with a NUL in it.
/// </summary>
internal sealed class AnyKeyGrainStorage(IGrainStorage inner) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, WithPlainKey(grainId), grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.WriteStateAsync(stateName, WithPlainKey(grainId), grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, WithPlainKey(grainId), grainState);

    public void Participate(ISiloLifecycle observer) => (inner as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);

    // No number and no GUID begins with '='. What is escaped can be read back, and no type has a '/': no two grains get one key.
    private static GrainId WithPlainKey(GrainId grainId)
    {
        var key = new StringBuilder($"={grainId.Type}/{grainId.Key}");
        return GrainId.Create(grainId.Type, key.Replace("%", "%25").Replace("\0", "%00").Replace("{", "%7B").Replace("}", "%7D").ToString());
    }
}
