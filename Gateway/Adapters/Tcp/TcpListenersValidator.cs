using System.Numerics;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Protocols;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>What no single option of a listener can tell alone.</summary>
/// <param name="budget">What all connections together may hold.</param>
internal sealed class TcpListenersValidator(BufferBudget budget) : IValidateOptions<TcpListeners>
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

            // One connection alone must not be short of memory with what it is allowed: its buffer of a message, twice its bytes, and a set and its answer.
            var most = (2 * (long)BitOperations.RoundUpToPowerOf2((uint)settings.MaxMessageBytes)) + (2L * settings.MaxBytesInFlight);
            if (most > budget.LimitBytes / 2)
            {
                faults.Add(
                    $"{key}:MaxMessageBytes: {settings.MaxMessageBytes} lets one connection hold {most} bytes, more than half of what all may hold, {budget.LimitBytes} ({GatewayOptions.Section}:BufferMemoryBytes); "
                    + "set it and MaxBytesInFlight to less, or give the process more memory.");
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
