using System.Globalization;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Makes a port of the target a black hole, or resets its TCP connections, by nf_tables in its network namespace.</summary>
/// <param name="Port">The port, 1 to 65535.</param>
/// <param name="Resets">Connections are reset (new ones ECONNREFUSED, those that are open ECONNRESET) instead of hanging until their time-out.</param>
/// <param name="OfPeer">The port is that of the others, whom the target calls: its database's.</param>
public sealed record PortFault(int Port, bool Resets = false, bool OfPeer = false) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => Resets ? "connection-reset" : "black-hole";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        var filter = new PacketFilter { Port = (ushort)Port, IsPeerPort = OfPeer, Verdict = Resets ? PacketVerdict.Reset : PacketVerdict.Drop };
        string port = string.Create(CultureInfo.InvariantCulture, $"{(OfPeer ? "others' port" : "its port")} {Port}");
        return TargetNetwork.Of(target, Name).Filter(
            Resets ? $"TCP packets to and from {port} are answered with RST" : $"TCP and UDP packets to and from {port} are dropped", [filter with { IsInput = true }, filter]);
    }
}
