using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.Silo;

var options = new OptionCatalog()
    .AddGateway()
    .AddTcp()
    .AddSilo()
    .Add<ManagementOptions>(ManagementOptions.Section);

return await EchoProgram.RunAsync(
    args,
    new ProgramDescription
    {
        Name = "OrleansEcho.Standalone",
        Summary = "a gateway and its silo in one process.",
        Options = options,
        InstanceName = GatewayProgram.InstanceName,
        Flags = [TcpCommandLine.ListenFlag, GatewayProgram.MaxConnectionsFlag(options), SiloProgram.QuotaFlag(options), GatewayProgram.QuotaPolicyFlag(options)],
        Defaults = new Dictionary<string, string?>(TcpCommandLine.DefaultListeners)
        {
            ["Silo:Port"] = "0", // nobody else needs to find it, and several of these may run on one machine
            ["Silo:GatewayPort"] = "0",
        },
    },
    builder =>
    {
        SocketThreads.Use(builder.Configuration, hasLinks: false); // before there is a socket
        builder.AddSilo(); // first: the gateway's listeners accept as soon as they are bound
        builder.AddEmbeddedGateway().AddTcp();
        builder.Services.AddOptions<SiloMessagingOptions>().Configure<IOptions<BackendOptions>>((silo, backend) =>
            silo.ResponseTimeout = TimeSpan.FromSeconds(backend.Value.CallTimeoutSeconds)); // the gateway's calls are the silo's own here
    });
