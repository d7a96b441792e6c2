using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Testing;

namespace OrleansEcho.Benchmarks;

// Not sealed: BenchmarkDotNet derives from it.
/// <summary>What a request costs the client alone: the other end is a thread that echoes bytes and allocates nothing, and the callers here are pooled.</summary>
[MemoryDiagnoser]
[InProcess] // a project generated elsewhere would not find this one, whose assembly is not named as its file
public class ClientBenchmarks : IAsyncDisposable
{
    private const int Depth = 64;

    // What its threads need once, among a hundred thousand requests.
    private const int MostOfTheOtherEnd = 1024;

    private static readonly byte[] Message = new byte[32];

    private readonly CancellationTokenSource _stop = new();
    private readonly ValueTask<EchoReply>[] _requests = new ValueTask<EchoReply>[Depth];
    private readonly byte[] _buffer = new byte[Message.Length];
    private ByteEcho _echo = null!;
    private EchoClient _client = null!;
    private EchoClientPool _pool = null!;

    /// <summary>Connects.</summary>
    [GlobalSetup]
    public async Task Setup()
    {
        _echo = new ByteEcho();
        _client = await EchoClient.ConnectAsync(_echo.Address);
        _pool = new EchoClientPool(new EchoClientPoolOptions { Gateways = { _echo.Address }, MinimumSize = 1 });
        await _pool.PrewarmAsync();
    }

    /// <summary>Ends what the setup began, and fails when the other end has allocated after all.</summary>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _pool.DisposeAsync();
        _echo.Dispose();
        _stop.Dispose();
        GC.SuppressFinalize(this);
        if (_echo.Allocated > MostOfTheOtherEnd) throw new InvalidOperationException($"The other end has allocated {_echo.Allocated} bytes; the figures are not the client's alone.");
    }

    /// <summary>One request after the other.</summary>
    [Benchmark(Baseline = true)]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask One()
    {
        using var reply = await _client.SendAsync(Message);
    }

    /// <summary>The same, into the caller's memory.</summary>
    [Benchmark]
    public ValueTask<int> OneIntoABuffer() => _client.SendAsync(Message, _buffer);

    /// <summary>The same, with a token that could be cancelled.</summary>
    [Benchmark]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask OneWithAToken()
    {
        using var reply = await _client.SendAsync(Message, _stop.Token);
    }

    /// <summary>Many at once on one connection; per request.</summary>
    [Benchmark(OperationsPerInvoke = Depth)]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ManyAtOnce()
    {
#pragma warning disable CA2012 // each is awaited once, and an array of tasks would be what is counted
        for (var i = 0; i < Depth; i++) _requests[i] = _client.SendAsync(Message);
#pragma warning restore CA2012
        for (var i = 0; i < Depth; i++) (await _requests[i]).Dispose();
    }

    /// <summary>One after the other through a pool: a lease for each.</summary>
    [Benchmark]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask OneThroughAPool()
    {
        using var reply = await _pool.SendAsync(Message);
    }
}
