using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Sets the nice value of the target's processes: 19 gives way to everybody, -20 to nobody.</summary>
/// <param name="Value">-20 to 19.</param>
public sealed record NiceFault(int Value) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "nice";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        // Without the privilege a raised value can't be lowered again (setpriority(2)), and what can't be undone is not done.
        if (OwnIdentity.User != 0)
            throw new ContainerException(ErrorReason.PermissionDenied, $"{target}: an ordinary user can raise a nice value and not lower it again.", target.Name) { Remedy = "Do it as root, or use -CpuWeight." };
        var apply = new List<FaultStep>();
        var undo = new List<FaultStep>();
        foreach ((int pid, ulong startTime) in target.Processes())
        {
            int before;
            try
            {
                before = ProcessTuning.ReadNice(pid);
            }
            catch (ErrnoException)
            {
                continue;
            }

            var step = new FaultStep { Operation = FaultOperation.SetNice, Pid = pid, PidStartTime = startTime, Number = Value };
            apply.Add(step);
            undo.Add(step with { Number = before });
        }

        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"nice {Value} for every thread of {apply.Count} process(es) (setpriority(2))"),
            Apply = apply,
            Undo = undo,
            Holds = [.. apply.Select(step => $"the nice value of process {step.Pid}")],
        };
    }
}
