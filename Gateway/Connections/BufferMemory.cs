using Microsoft.Extensions.Options;

namespace OrleansEcho.Gateway.Connections;

/// <summary>
/// How large the budget for peers' bytes is, and whether it fits, with the connections, into what the process may take: a gateway must not
/// find out under load that it was promised too much.
/// </summary>
/// <param name="available">What the process may take, in bytes.</param>
internal sealed class BufferMemory(long available) : IValidateOptions<GatewayOptions>
{
    /// <summary>
    /// What the process takes of its heap whatever its peers hold, in bytes: measured, 12 to 20 MiB without a connection, and under load as
    /// much again for short arrays that .NET's pool keeps and for the pipes to the silos.
    /// </summary>
    public const long BytesOfTheProcess = 40 * 1024 * 1024;

    /// <summary>What an idle connection takes, in bytes (docs/performance.md).</summary>
    public const long BytesOfAConnection = 5 * 1024;

    /// <summary>With less than this, in bytes, not even a hundred ordinary peers could be slow at a time.</summary>
    public const long LeastBudget = 8 * 1024 * 1024;

    // What .NET may take for its heap: three quarters of a container's limit, or what its settings say, or the machine's memory.
    public BufferMemory()
        : this(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
    {
    }

    /// <summary>The budget.</summary>
    public BufferBudget Budget(GatewayOptions options) =>
        new(options.BufferMemoryBytes > 0 ? options.BufferMemoryBytes : Math.Max(LeastBudget, Left(options) / 2));

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var left = Left(options);
        var beside =
            $"beside {options.MaxConnections} connections of {BytesOfAConnection} bytes ({GatewayOptions.Section}:MaxConnections), of the "
            + $"{available} that this process may take";
        if (options.BufferMemoryBytes is 0)
        {
            if (left / 2 >= LeastBudget) return ValidateOptionsResult.Success;
            return ValidateOptionsResult.Fail(
                $"{GatewayOptions.Section}:MaxConnections: {Math.Max(0, left)} bytes are left for peers' buffers {beside}; "
                + $"{2 * LeastBudget} are needed: set it to less, or give the process more memory.");
        }

        if (options.BufferMemoryBytes < LeastBudget)
            return ValidateOptionsResult.Fail(
                $"{GatewayOptions.Section}:BufferMemoryBytes: {options.BufferMemoryBytes} is less than {LeastBudget}; 0 takes half of "
                + "what is left.");
        return options.BufferMemoryBytes <= left
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{GatewayOptions.Section}:BufferMemoryBytes: {options.BufferMemoryBytes} is more than the {Math.Max(0, left)} bytes that "
                + $"are left {beside}; 0 takes half of them.");
    }

    private long Left(GatewayOptions options) => available - BytesOfTheProcess - (options.MaxConnections * BytesOfAConnection);
}
