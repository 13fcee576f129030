namespace ContainerChaos.Scenarios.Faults;

/// <summary>Squeezes the target's quota of processor time while it runs: it is throttled for the rest of each period.</summary>
/// <param name="Processors">The new quota in processors, 0.01 and more: 0.1 is a tenth of one.</param>
public sealed record CpuQuotaFault(double Processors) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "cpu-quota";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        ControlFile file = Control(target, "cpu", "cpu.cfs_quota_us", "cpu.max");
        string value = CpuQuota.Text(file, Processors);
        return Set(file, value, $"{file.Name} '{file.Value}' becomes '{value}'");
    }
}
