using Microsoft.Extensions.Options;
using OrleansEcho.Protocols;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>What no single option of a listener can tell alone.</summary>
internal sealed class TcpListenersValidator : IValidateOptions<TcpListeners>
{
    public ValidateOptionsResult Validate(string? name, TcpListeners options)
    {
        var faults = new List<string>();
        foreach (var (listener, settings) in options.Active)
        {
            var key = $"{TcpListenerOptions.Section}:{listener}";
            if (settings.Framing.Length is 0) faults.Add($"{key}:Framing: is missing; a listener needs one of {string.Join(", ", Framings.Names)}.");
            if (settings.MaxBytesInFlight < settings.MaxMessageBytes)
            {
                faults.Add($"{key}:MaxBytesInFlight: {settings.MaxBytesInFlight} is less than {key}:MaxMessageBytes, {settings.MaxMessageBytes}; one message must fit, so set both.");
            }

            if (!ListenAddress.TryParse(settings.Address, out _, out var fault))
            {
                faults.Add($"{key}:Address: {Shown.Value(settings.Address)} is no address to listen on: {fault}.");
            }
        }

        if (!options.Active.Any()) faults.Add($"{TcpListenerOptions.Section}: no listener is enabled; a gateway needs one, as with --listen line=127.0.0.1:7000.");
        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
