using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using static OrleansEcho.Grains.Interfaces.Connections.ConnectionState;

namespace OrleansEcho.Grains.Tests.Connections;

public sealed class ConnectionStateMachineTests
{
    // From the row to the column: the only steps of a connection's life. No state leads back.
    private static readonly Dictionary<ConnectionState, ConnectionState[]> Steps = new()
    {
        [Connecting] = [Connected, Disconnecting],
        [Connected] = [Disconnecting],
        [Disconnecting] = [Disconnected],
        [Disconnected] = [],
    };

    public static TheoryData<ConnectionState, ConnectionState> AllPairs()
    {
        var pairs = new TheoryData<ConnectionState, ConnectionState>();
        foreach (var from in Enum.GetValues<ConnectionState>())
        {
            foreach (var to in Enum.GetValues<ConnectionState>()) pairs.Add(from, to);
        }

        return pairs;
    }

    [Fact]
    public void ConnectionBeginsConnecting() => Assert.Equal(Connecting, new ConnectionStateMachine().State);

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void StepIsTakenOrRefused_AsTheTableSays(ConnectionState from, ConnectionState to)
    {
        var machine = In(from);
        var isAllowed = Steps[from].Contains(to);

        Assert.Equal(isAllowed, ConnectionStateMachine.CanMove(from, to));
        if (isAllowed)
        {
            machine.MoveTo(to);
            Assert.Equal(to, machine.State);
        }
        else
        {
            var fault = Assert.Throws<InvalidOperationException>(() => machine.MoveTo(to));
            Assert.Contains($"{from} cannot become {to}", fault.Message, StringComparison.Ordinal);
            Assert.Equal(from, machine.State);
        }
    }

    private static ConnectionStateMachine In(ConnectionState state)
    {
        var machine = new ConnectionStateMachine();
        foreach (var step in new[] { Connected, Disconnecting, Disconnected }.TakeWhile(step => step <= state)) machine.MoveTo(step);
        return machine;
    }
}
