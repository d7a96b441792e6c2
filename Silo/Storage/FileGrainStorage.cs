using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace OrleansEcho.Silo.Storage;

/// <summary>
/// Keeps the state of grains in files, one each, for a single silo that must remember. What was written before its answer survives the
/// process and the machine (<see cref="DurableFile"/>).
/// </summary>
/// <remarks>
/// A write costs a file's fsync and its folder's, some milliseconds each on a disk; how long a disk may take has no bound here.
/// </remarks>
internal sealed class FileGrainStorage(
    FileStorageFolder folder, IGrainStorageSerializer serializer, IActivatorProvider activators, IOptions<ClusterOptions> cluster) : IGrainStorage
{
    // Those who write to one file take turns, and few others wait with them; enough for any number of disks.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = await InTurnAsync(stateName, grainId, Find);
        grainState.State = stored is null ? NewState<T>() : serializer.Deserialize<T>(BinaryData.FromBytes(stored.Payload));
        grainState.ETag = stored?.ETag;
        grainState.RecordExists = stored is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = serializer.Serialize(grainState.State).ToMemory(); // here: the grain may go on to change its state
        var (held, next) = (grainState.ETag, Guid.NewGuid().ToString("N"));
        await InTurnAsync(stateName, grainId, (path, owner) =>
        {
            ThrowIfStale(Find(path, owner)?.ETag, held, owner);
            DurableFile.Replace(path, new StateFile(owner, next, payload).ToBytes());
            return true;
        });
        grainState.ETag = next;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var held = grainState.ETag;
        await InTurnAsync(stateName, grainId, (path, owner) =>
        {
            var stored = Find(path, owner);
            ThrowIfStale(stored?.ETag, held, owner);
            if (stored is not null) DurableFile.Delete(path);
            return true;
        });
        grainState.State = NewState<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    // A folder that has gone away throws: it is no empty one.
    private static StateFile? Find(string path, StateOwner owner)
    {
        try
        {
            return StateFile.Read(File.ReadAllBytes(path), path, owner);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static void ThrowIfStale(string? stored, string? held, StateOwner owner)
    {
        if (stored == held) return;
        throw new InconsistentStateException($"Somebody else wrote the state {owner.StateName} of grain {owner.Grain} meanwhile.", stored, held);
    }

    private async Task<TResult> InTurnAsync<TResult>(string stateName, GrainId grainId, Func<string, StateOwner, TResult> act)
    {
        var owner = new StateOwner(cluster.Value.ServiceId, stateName, grainId);
        var path = Path.Combine(folder.Path, StateFile.NameFor(owner));
        var turn = _turns[(uint)grainId.GetUniformHashCode() % (uint)_turns.Length];
        await turn.WaitAsync();
        try
        {
            return await Task.Run(() => act(path, owner)); // a disk must not hold up the scheduler of the grains
        }
        finally
        {
            turn.Release();
        }
    }

    private T NewState<T>() => activators.GetActivator<T>().Create();
}
