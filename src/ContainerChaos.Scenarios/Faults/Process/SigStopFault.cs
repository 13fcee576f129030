using System.Globalization;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Stops the target's processes with SIGSTOP, which no process can handle; SIGCONT lets them go on.</summary>
/// <param name="OnlyInit">Only PID 1: its children go on, and are not reaped.</param>
public sealed record SigStopFault(bool OnlyInit = false) : FaultSpec
{
    private const int SIGCONT = 18, SIGSTOP = 19;

    /// <inheritdoc/>
    public override string Name => "sigstop";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        (int Pid, ulong StartTime)[] processes = OnlyInit ? [(target.Pid, target.PidStartTime)] : [.. target.Processes()];
        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"SIGSTOP to {(OnlyInit ? "PID 1" : $"{processes.Length} process(es)")} from outside the PID namespace"),
            Apply = [.. processes.Select(p => FaultStep.Signal(p.Pid, p.StartTime, SIGSTOP))],
            Undo = [.. processes.Select(p => FaultStep.Signal(p.Pid, p.StartTime, SIGCONT))],
            Holds = [.. processes.Select(p => $"the stop of process {p.Pid}")],
        };
    }
}
