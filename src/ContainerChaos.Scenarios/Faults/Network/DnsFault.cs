using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Takes the target's name servers away, 127.0.0.11 and any other, by nf_tables in its network namespace.</summary>
/// <param name="Refuses">What is sent to port 53 fails at once (RST by TCP; by UDP ICMP port unreachable, and EPERM); otherwise the answers are dropped, and the resolver waits for its time-outs.</param>
/// <remarks>What a resolver has in a cache of its own is not forgotten.</remarks>
public sealed record DnsFault(bool Refuses = false) : FaultSpec
{
    private const ushort Domain = 53;

    /// <inheritdoc/>
    public override string Name => "dns";

    internal override FaultPlan Plan(ChaosTarget target) => TargetNetwork.Of(target, Name).Filter(
        Refuses ? "what is sent to port 53 is refused (RST, ICMP port unreachable)" : "what comes from port 53 is dropped",
        [new PacketFilter { Port = Domain, IsPeerPort = true, HasLoopback = true, IsInput = !Refuses, Verdict = Refuses ? PacketVerdict.Refuse : PacketVerdict.Drop }]);
}
