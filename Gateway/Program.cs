using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;

var options = new OptionCatalog()
    .AddGateway()
    .AddTcp()
    .AddCluster()
    .Add<ManagementOptions>(ManagementOptions.Section);

return await EchoProgram.RunAsync(
    args,
    new ProgramDescription
    {
        Name = "OrleansEcho.Gateway",
        Summary = "terminates connections and forwards every message to its connection's grain in a silo.",
        Options = options,
        InstanceName = GatewayProgram.InstanceName,
        Flags = [TcpCommandLine.ListenFlag, GatewayProgram.MaxConnectionsFlag(options), GatewayProgram.QuotaPolicyFlag(options), Flag.For("--silos", "ADDRESS,...", "Backend:Silos", options)],
        Defaults = TcpCommandLine.DefaultListeners,
    },
    builder =>
    {
        SocketThreads.Use(builder.Configuration, hasLinks: true); // before there is a socket
        builder.AddGateway().AddTcp();
    });
