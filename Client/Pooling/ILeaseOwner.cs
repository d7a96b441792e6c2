namespace OrleansEcho.Client.Pooling;

/// <summary>Takes leases back.</summary>
internal interface ILeaseOwner
{
    /// <summary>A lease ends; nothing happens when it has already.</summary>
    void Return(PooledConnection connection, long generation);
}
