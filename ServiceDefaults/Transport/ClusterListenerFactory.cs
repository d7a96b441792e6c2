using System.Net;
using Microsoft.AspNetCore.Connections;

namespace OrleansEcho.ServiceDefaults.Transport;

/// <summary>Binds a silo's ports.</summary>
internal sealed class ClusterListenerFactory(TimeProvider time) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new ClusterListener(endpoint, time));
}
