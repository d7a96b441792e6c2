using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>A store that a test plays, and that is never well. It tells its clients apart by their users.</summary>
internal abstract class FaultyStore : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<Task, TcpClient> _connections = new();
    private readonly ConcurrentDictionary<(Wrong, string), TaskCompletionSource> _served = new();
    private Task _accepting = Task.CompletedTask;
    private volatile Wrong _wrong;

    protected FaultyStore() => _listener = new TcpListener(IPAddress.Loopback, Port);

    /// <summary>What is wrong with it.</summary>
    public enum Wrong
    {
        /// <summary>It hangs up in the middle of a word.</summary>
        HangsUp,

        /// <summary>It never answers.</summary>
        Silent,

        /// <summary>It answers everything with an error that repeats what it was told.</summary>
        Repeats,

        /// <summary>It refuses the login, with a text that has the password in it.</summary>
        Refuses,
    }

    /// <summary>The port; nobody listens there at first.</summary>
    public int Port { get; } = FreePorts.Next();

    /// <summary>What a program calls it.</summary>
    public abstract string Kind { get; }

    /// <summary>Where the list of silos is, as an option has it.</summary>
    public abstract string Membership { get; }

    /// <summary>Where the state is, as an option has it.</summary>
    public abstract string Provider { get; }

    /// <summary>Begins to listen.</summary>
    public void Listen()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What a program is given to connect with; so that it gives up soon who does not answer.</summary>
    public abstract string ConnectionString(string user, string password);

    /// <summary>Whoever logs in from now on meets this.</summary>
    /// <returns>When each of the users has met it, and has closed its connection if nothing else was done.</returns>
    public Task MeetAsync(Wrong wrong, IEnumerable<string> users)
    {
        _wrong = wrong;
        return Task.WhenAll(users.Select(user => Served(wrong, user).Task.WithinAsync($"{user} to meet a {Kind} that {wrong}")));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _listener.Dispose();
        await _accepting;
        foreach (var connection in _connections.Values) connection.Dispose();
        await Task.WhenAll(_connections.Keys);
    }

    /// <summary>Plays one connection to its end.</summary>
    protected abstract Task PlayAsync(NetworkStream stream, Wrong wrong, Action<string> served);

    /// <summary>Reads what comes until the other side hangs up.</summary>
    protected static async Task DrainAsync(NetworkStream stream)
    {
        var rest = new byte[512];
        while (await stream.ReadAsync(rest) > 0)
        {
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync();
                var playing = PlayAsync(connection);
                _connections[playing] = connection;
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PlayAsync(TcpClient connection)
    {
        await Task.Yield(); // it is to be known before it ends
        using (connection)
        {
            var (wrong, users) = (_wrong, new HashSet<string>());
            try
            {
                await PlayAsync(connection.GetStream(), wrong, user => users.Add(user));
            }
            catch (Exception fault) when (fault is IOException or ObjectDisposedException)
            {
                // The program has hung up first, or the test is over.
            }

            foreach (var user in users) Served(wrong, user).TrySetResult();
        }
    }

    private TaskCompletionSource Served(Wrong wrong, string user) =>
        _served.GetOrAdd((wrong, user), _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
