using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>What of the world a pool uses: the real one, or a test's.</summary>
/// <param name="Connector">Makes connections.</param>
/// <param name="Resolver">Resolves names.</param>
/// <param name="Random">Makes choices and jitter. Used under the pool's lock only.</param>
internal sealed record PoolSeams(IConnector Connector, IHostResolver Resolver, Random Random);
