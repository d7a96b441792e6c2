using System.Net.Sockets;
using Npgsql;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.ServiceDefaults.Tests.Stores;

/// <summary>What may pass is waited for; what is wrong in the connection string ends the start.</summary>
public sealed class PostgresStoreTests : IAsyncDisposable
{
    private readonly PostgresStore _store = new("Host=db;Username=echo", "Cluster:ConnectionString");

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task WhatTheClientRefusesItself_IsNotWaitedFor()
    {
        var fault = await ExplainAsync(new NpgsqlException("No password has been provided but the backend requires one (in SASL/SCRAM-SHA-256)"));
        Assert.Equal(new StoreFault("no password has been provided but the backend requires one (in SASL/SCRAM-SHA-256)", MayPass: false), fault);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, "connection refused")]
    [InlineData(SocketError.HostNotFound, null)]
    public async Task WhatTheNetworkDoes_IsWaitedFor(SocketError error, string? words)
    {
        var fault = await ExplainAsync(new NpgsqlException("Failed to connect", new SocketException((int)error)));
        Assert.True(fault!.MayPass);
        if (words is not null) Assert.Equal(words, fault.Words);
    }

    [Fact]
    public async Task ASilentServer_IsWaitedFor() => Assert.True((await ExplainAsync(new NpgsqlException("Exception while reading from stream", new TimeoutException())))!.MayPass);

    private Task<StoreFault?> ExplainAsync(Exception fault) => _store.ExplainAsync(fault, TestContext.Current.CancellationToken);
}
