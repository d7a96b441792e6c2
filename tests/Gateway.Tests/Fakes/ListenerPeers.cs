using OrleansEcho.Gateway.Adapters.Tcp;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>Peers of a listener.</summary>
internal static class ListenerPeers
{
    extension(Peer)
    {
        /// <summary>Connects to a listener.</summary>
        public static Task<Peer> ConnectAsync(StreamListener listener)
        {
            Assert.True(ListenAddress.TryParse(listener.Address, out var bound, out var fault), fault);
            return Peer.ConnectAsync(ListenAddress.Reachable(bound));
        }
    }
}
