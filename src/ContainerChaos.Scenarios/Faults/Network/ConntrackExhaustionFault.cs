using System.Globalization;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>
/// What a workload meets when the host's table of connections is full (<c>nf_conntrack: table full, dropping packet</c>), for the target alone: new connections
/// are dropped, those that stand go on. By nf_tables in its network namespace; the host's table and its limit are left alone.
/// </summary>
/// <param name="Leave">For how many connections, begun since, in or out, there is still room, 0 and more; one that ends makes room for the next.</param>
/// <remarks>Connections of its loopback interface are not counted.</remarks>
public sealed record ConntrackExhaustionFault(int Leave = 0) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "conntrack-exhaustion";

    internal override FaultPlan Plan(ChaosTarget target) => TargetNetwork.Of(target, Name).Table(
        Leave > 0 ? string.Create(CultureInfo.InvariantCulture, $"new connections beyond {Leave} are dropped, in and out") : "every new connection is dropped, in and out",
        "behind connection tracking",
        step => step with { Operation = FaultOperation.LimitConnections, Number = Leave });
}
