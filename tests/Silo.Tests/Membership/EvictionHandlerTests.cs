using OrleansEcho.ServiceDefaults;
using OrleansEcho.Silo.Membership;

namespace OrleansEcho.Silo.Tests.Membership;

public sealed class EvictionHandlerTests
{
    [Fact]
    public void FaultIsTold_InOneLine_WithoutAPasswordInIt()
    {
        Shown.Hide("Evicted\npassword");
        Assert.Equal(
            "error: A fault that a silo cannot go on with: list \\u001b[31m: System.InvalidOperationException: told '***' twice",
            EvictionHandler.Describe("list \u001b[31m", new InvalidOperationException("told 'Evicted\npassword'\ntwice")));
    }

    [Fact]
    public void EvictionIsTold_InWordsOfOurs() =>
        Assert.StartsWith("error: The other silos have declared this one dead", EvictionHandler.Describe("I have been told I am dead, so this silo will stop", null), StringComparison.Ordinal);
}
