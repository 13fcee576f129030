using System.Globalization;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Forks until the target's pids limit says EAGAIN, and takes each place that becomes free.</summary>
/// <param name="Limit">At most so many; needed for a target without a pids limit, whose PID table is the host's.</param>
public sealed record ForkBombFault(int? Limit = null) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "fork-bomb";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        string value = Control(target, "pids", "pids.max", "pids.max").Value;
        int? allowed = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? limit : null;
        int count = (Limit, allowed) switch
        {
            ({ } asked, { } most) => Math.Min(asked, most),
            ({ } asked, null) => asked,
            (null, { } most) => most,
            _ => throw new ContainerException(ErrorReason.InvalidState, $"{target} has no pids limit: a fork bomb would fill the host's PID table.", target.Name)
            {
                Remedy = "Give it one (New-Container -PidsLimit), or bound the bomb with -Limit.",
            },
        };
        return new FaultPlan
        {
            Effect = $"fork(2) in the target's pids control group until it says EAGAIN (pids.max {value}), at most {count} processes",
            Load = new InjectedLoad { Kind = LoadKind.ForkBomb, Count = count },
        };
    }
}
