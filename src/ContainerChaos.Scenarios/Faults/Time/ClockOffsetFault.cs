using System.Globalization;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>
/// Starts PID 1 anew with clocks that are ahead, as on a host that has run for so long: CLOCK_MONOTONIC and CLOCK_BOOTTIME by a time namespace. Every incarnation
/// has them as long as the fault lasts; its undo starts PID 1 anew without.
/// </summary>
/// <param name="Monotonic">How far CLOCK_MONOTONIC is ahead.</param>
/// <param name="BootTime">How far CLOCK_BOOTTIME is ahead.</param>
/// <remarks>The time of day (CLOCK_REALTIME) has no namespace.</remarks>
public sealed record ClockOffsetFault(TimeSpan Monotonic, TimeSpan BootTime) : FaultSpec
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(36_500);

    /// <inheritdoc/>
    public override string Name => "clock-offset";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        if (target.Container is not { } container)
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: only a container of ours can be started anew with other clocks.", target.Name) { Remedy = "Choose a container of New-Container." };
        if (Monotonic < TimeSpan.Zero || BootTime < TimeSpan.Zero || Monotonic > s_longest || BootTime > s_longest || Monotonic + BootTime == TimeSpan.Zero)
            throw new ContainerException(ErrorReason.InvalidArgument, $"{target}: the fault {Name}: clocks can be ahead by up to 100 years, one of them at least.", target.Name) { Remedy = "Give an offset such as 1h." };
        var step = new FaultStep
        {
            Operation = FaultOperation.SetClocks,
            Path = container.RunPath,
            Container = container.RootPath,
            Clocks = new ClockOffsets { Monotonic = Monotonic, BootTime = BootTime },
        };
        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"PID 1 (host {target.Pid}) is killed and started anew in a time namespace: CLOCK_MONOTONIC +{Monotonic.TotalSeconds:0.###} s, CLOCK_BOOTTIME +{BootTime.TotalSeconds:0.###} s; at the end once more, without"),
            Apply = [step],
            Undo = [step with { Operation = FaultOperation.ResetClocks, Clocks = null }],
            Holds = [$"the clocks of {container.Id[..12]}"],
            OutlivesProcess = true,
        };
    }
}
