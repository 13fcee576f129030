using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>
/// Emulates a bad network at the ends of the target's wires: delay with jitter, loss, duplication, reordering, corruption, and a rate (tc-netem(8)).
/// Where the kernel has no netem, or the ends of the wires are not known, each packet passes through the watchdog (nfnetlink_queue), and loss alone is made by nf_tables.
/// </summary>
/// <param name="Emulation">What is done to the packets of each direction: a delay of 100 ms makes an answer 200 ms late.</param>
/// <param name="Direction">Which packets it is done to.</param>
public sealed record NetemFault(NetworkEmulation Emulation, TrafficDirection Direction = TrafficDirection.Both) : FaultSpec
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);
    private static readonly Lazy<bool> s_isThere = new(() => RouteSocket.KnowsQueue("netem")), s_hasPacketQueues = new(PacketQueue.IsThere);

    /// <inheritdoc/>
    public override string Name => "netem";

    /// <summary>Whether this host's kernel has it. Asked once.</summary>
    internal static bool IsThere => s_isThere.Value;

    internal override FaultPlan Plan(ChaosTarget target)
    {
        Check(target);
        TargetNetwork network = TargetNetwork.Of(target, Name);
        if (IsThere && (Direction == TrafficDirection.Out || network.HasWires))
            return network.Queue(Name, Direction, "netem " + Describe(), step => step with { Emulation = Emulation });
        if (Emulation.Loss > 0 && Emulation == new NetworkEmulation { Loss = Emulation.Loss })
        {
            var filter = new PacketFilter { Share = Emulation.Loss / 100 };
            return network.Filter(string.Create(CultureInfo.InvariantCulture, $"{Emulation.Loss:0.####} % of the packets are dropped at random"), [.. TargetNetwork.Ways(Direction).Select(isInput => filter with { IsInput = isInput })]);
        }

        if (s_hasPacketQueues.Value)
            return network.Emulate(Name, Describe(), Emulation, Direction);
        throw new ContainerException(ErrorReason.NotSupported, $"{target}: this host's kernel has neither netem (CONFIG_NET_SCH_NETEM) nor packet queues (CONFIG_NETFILTER_NETLINK_QUEUE), so it can't {Describe()}.", target.Name)
        {
            Remedy = "Load or install one (modprobe sch_netem; linux-modules-extra, kernel-modules-extra). Loss alone, a rate (network-rate), partitions, black holes and resets need none.",
        };
    }

    private void Check(ChaosTarget target)
    {
        (string Wrong, string Remedy)? found =
            Emulation == new NetworkEmulation() ? ("nothing is asked of it", "Give a delay, a loss, a share to duplicate, to reorder or to corrupt, or a rate.")
            : Emulation.Delay < TimeSpan.Zero || Emulation.Delay > s_longest ? ("the delay is not between 0 and a minute", "Give a shorter one.")
            : Emulation.Jitter < TimeSpan.Zero || Emulation.Jitter > Emulation.Delay ? ("the jitter is more than the delay", "Give a delay of at least the jitter.")
            : Emulation.Reorder > 0 && Emulation.Delay == TimeSpan.Zero ? ("only packets that are held back can be overtaken", "Give a delay too.")
            : ((double[])[Emulation.Loss, Emulation.Duplicate, Emulation.Reorder, Emulation.Corrupt]).Any(share => share is < 0 or > 100 or double.NaN) ? ("a share is not between 0 and 100 per cent", "Give per cent.")
            : null;
        if (found is { } error)
            throw new ContainerException(ErrorReason.InvalidArgument, $"{target}: the fault {Name}: {error.Wrong}.", target.Name) { Remedy = error.Remedy };
    }

    private string Describe()
    {
        var parts = new List<string>();
        if (Emulation.Delay > TimeSpan.Zero)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"delay {Emulation.Delay.TotalMilliseconds:0.###} ms"));
        if (Emulation.Jitter > TimeSpan.Zero)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"jitter {Emulation.Jitter.TotalMilliseconds:0.###} ms"));
        foreach ((string name, double share) in ((string, double)[])[("loss", Emulation.Loss), ("duplicate", Emulation.Duplicate), ("reorder", Emulation.Reorder), ("corrupt", Emulation.Corrupt)])
            if (share > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {share:0.####} %"));
        if (Emulation.Rate > 0)
            parts.Add($"rate {ByteSize.Format(Emulation.Rate)} a second");
        return string.Join(", ", parts);
    }
}
