using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Shrinks the set of processors that the target may use.</summary>
/// <param name="Processors">The processors, as in <c>cpuset.cpus</c>: <c>0</c>, <c>0-1,3</c>.</param>
public sealed record CpuSetFault(string Processors) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "cpuset";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        ControlFile file = Control(target, "cpuset", "cpuset.cpus", "cpuset.cpus");
        // An empty set on version 2 means that of the group above; a new line is how nothing is written.
        FaultPlan plan = Set(file, Processors, $"{file.Name} '{file.Value}' becomes '{Processors}'");
        return file.Value.Length > 0 ? plan : plan with { Undo = [FaultStep.Write(file.Path, "\n")] };
    }
}
