using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>A bad network that the watchdog makes itself, as long as the fault lasts: the target's packets pass through it.</summary>
public sealed record EmulatedNetwork
{
    /// <summary>What is done to the packets of each direction.</summary>
    public required NetworkEmulation Emulation { get; init; }

    /// <summary>Whether it is done to those that arrive.</summary>
    public bool HasInput { get; init; }

    /// <summary>Whether it is done to those that leave.</summary>
    public bool HasOutput { get; init; }
}
