using System.Globalization;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Pulls the target's cables: the host's ends of its interfaces are down, it sees no carrier, and keeps its addresses and routes.</summary>
/// <param name="Period">How long they are down and up in turn, 10 ms and more; zero for down all the time.</param>
public sealed record LinkDownFault(TimeSpan Period = default) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "link-down";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        TargetNetwork network = TargetNetwork.Of(target, Name);
        string[] ends = [.. network.Wires(Name).Select(wire => wire.HostInterface)];
        FaultStep[] down = [.. ends.Select(end => new FaultStep { Operation = FaultOperation.SetLink, Value = end })];
        FaultStep[] up = [.. down.Select(step => step with { Number = 1 })];
        return new FaultPlan
        {
            Effect = string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", ends)} of the host {(Period > TimeSpan.Zero ? $"go down and up every {Period.TotalMilliseconds:0.###} ms" : "go down")}: no carrier (IFF_UP cleared)"),
            Apply = down,
            Undo = up,
            Cycle = Period > TimeSpan.Zero ? [.. up, .. down] : [],
            CycleInterval = Period,
            CycleCount = ends.Length,
            Holds = [.. ends.Select(end => $"the state of {end}")],
        };
    }
}
