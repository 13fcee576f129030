using System.Globalization;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>A fault whose shell was killed: its target before, during and after it.</summary>
internal sealed class KilledFault
{
    /// <summary>Its id, or why it could not be applied.</summary>
    public required string Said { get; init; }

    public required TargetState Before { get; init; }

    public bool IsApplied => Said.Length == 8 && uint.TryParse(Said, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);

    public TargetState? During { get; set; }

    public TargetState? After { get; set; }

    public bool HasWatchdogEnded { get; set; }

    /// <summary>From the kill to the look at its target after which nothing was left.</summary>
    public TimeSpan Took { get; set; }
}
