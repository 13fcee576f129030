using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Ends the monitor of a container of ours with SIGKILL: the container runs on, and the next call of the engine starts a monitor that adopts it.</summary>
public sealed record MonitorFault : FaultSpec
{
    private const int SIGKILL = 9;

    /// <inheritdoc/>
    public override string Name => "monitor";

    /// <inheritdoc/>
    public override bool IsInstant => true;

    internal override FaultPlan Plan(ChaosTarget target)
    {
        if (target.Container is not { } container)
            throw new ContainerException(ErrorReason.NotSupported, $"{target} has no monitor of ours.", target.Name) { Remedy = "Choose a container of New-Container." };
        ContainerState? state = JsonFile.TryRead(Path.Combine(container.RootPath, "state.json"), SupervisorJson.Default.ContainerState);
        if (state is not { MonitorPid: > 0 and var pid } || ProcessStat.TryReadStartTime(pid) is not { } startTime || !ProcessCommandLine.Mentions(pid, container.Id))
            throw new ContainerException(ErrorReason.InvalidState, $"{target} has no monitor now.", target.Name) { Remedy = "Look at the container once: that starts one." };
        return new FaultPlan
        {
            Effect = $"SIGKILL to the monitor (host {pid}); PID 1 (host {target.Pid}) runs on",
            Apply = [FaultStep.Signal(pid, startTime, SIGKILL)],
        };
    }
}
