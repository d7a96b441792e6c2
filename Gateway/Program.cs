using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;

var options = new OptionCatalog()
    .AddGateway()
    .Add<ClusterIdentityOptions>(ClusterIdentityOptions.Section)
    .Add<ManagementOptions>(ManagementOptions.Section);

return await EchoProgram.RunAsync(
    args,
    new ProgramDescription
    {
        Name = "OrleansEcho.Gateway",
        Summary = "terminates connections and forwards every message to its connection's grain in a silo.",
        Options = options,
        Flags = [.. GatewayProgram.Flags(options), Flag.For("--silos", "ADDRESS,...", "Backend:Silos", options)],
        Defaults = GatewayProgram.DefaultListeners,
    },
    builder => builder.AddGateway().AddTcp());
