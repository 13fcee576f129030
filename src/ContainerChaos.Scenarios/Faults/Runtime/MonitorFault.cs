using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>
/// Ends the monitor of a container of ours with SIGKILL: the container runs on, and the next call of the engine starts a monitor that adopts it. Or stops it with
/// SIGSTOP: the container runs on, what is asked of its control socket waits, its output waits in its pipes, and nobody restarts it.
/// </summary>
/// <param name="Stalls">Whether it is stopped, and let go on by the undo, instead of killed.</param>
public sealed record MonitorFault(bool Stalls = false) : FaultSpec
{
    private const int SIGKILL = 9, SIGCONT = 18, SIGSTOP = 19;

    /// <inheritdoc/>
    public override string Name => Stalls ? "monitor-stall" : "monitor";

    /// <inheritdoc/>
    public override bool IsInstant => !Stalls;

    internal override FaultPlan Plan(ChaosTarget target)
    {
        if (target.Container is not { } container)
            throw new ContainerException(ErrorReason.NotSupported, $"{target} has no monitor of ours.", target.Name) { Remedy = "Choose a container of New-Container." };
        ContainerState? state = JsonFile.TryRead(Path.Combine(container.RootPath, "state.json"), SupervisorJson.ContainerState);
        if (state is not { MonitorPid: > 0 and var pid } || ProcessStat.TryReadStartTime(pid) is not { } startTime || !ProcessCommandLine.Mentions(pid, container.Id))
            throw new ContainerException(ErrorReason.InvalidState, $"{target} has no monitor now.", target.Name) { Remedy = "Look at the container once: that starts one." };
        if (Stalls)
        {
            return new FaultPlan
            {
                Effect = $"SIGSTOP to the monitor (host {pid}): its control socket is stalled; PID 1 (host {target.Pid}) runs on",
                Apply = [FaultStep.Signal(pid, startTime, SIGSTOP)],
                Undo = [FaultStep.Signal(pid, startTime, SIGCONT)],
                Holds = [$"monitor {pid}"],
            };
        }

        return new FaultPlan
        {
            Effect = $"SIGKILL to the monitor (host {pid}); PID 1 (host {target.Pid}) runs on",
            Apply = [FaultStep.Signal(pid, startTime, SIGKILL)],
        };
    }
}
