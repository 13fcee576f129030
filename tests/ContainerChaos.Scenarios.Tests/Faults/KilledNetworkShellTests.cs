namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>The shell is killed in the middle of a fault of the network, and nothing is left of it.</summary>
public sealed class KilledNetworkShellTests(KilledNetworkShell shell) : IClassFixture<KilledNetworkShell>
{
    public static TheoryData<string> Steps => [.. KilledNetworkShell.Steps];

    [Theory]
    [MemberData(nameof(Steps))]
    public void After_SIGKILL_of_the_shell_the_network_is_as_before(string step)
    {
        (string said, bool before, bool during, bool isUndone, TimeSpan took) = shell[step];
        Assert.True(said.Length == 8, said);
        Assert.False(before, "It is broken without the fault.");
        Assert.True(during, "The fault does nothing.");
        Assert.True(isUndone, "It is still there.");
        Assert.InRange(took, TimeSpan.Zero, KilledShell.Promise);
    }
}
