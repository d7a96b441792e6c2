using Microsoft.Extensions.DependencyInjection;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.Silo;

var options = new OptionCatalog()
    .AddSilo()
    .Add<ManagementOptions>(ManagementOptions.Section);

return await EchoProgram.RunAsync(
    args,
    new ProgramDescription
    {
        Name = "OrleansEcho.Silo",
        Summary = "runs the grains: one for each connection of the gateways.",
        Options = options,
        Flags = [Flag.For("--port", "PORT", "Silo:Port", options), Flag.For("--gateway-port", "PORT", "Silo:GatewayPort", options),
            SiloProgram.QuotaFlag(options)],
        Commands = [SiloProgram.InitDbCommand],
        Defaults = new Dictionary<string, string?> { ["Management:Address"] = "127.0.0.1:9401" }, // 9400 is a gateway's
    },
    builder =>
    {
        builder.AddSilo();
        builder.Services.AddHostedService<SiloBanner>();
    });
