using System.Buffers.Binary;
using static ContainerChaos.Linux.RouteMessage;

namespace ContainerChaos.Linux;

// What an interface does with the packets that leave by it (tc(8)).
public sealed partial class RouteSocket
{
    private const ushort RTM_NEWQDISC = 36, RTM_DELQDISC = 37, TCA_KIND = 1, TCA_OPTIONS = 2;

    /// <summary>Lets packets leave an interface at a rate, and drops what queues up (tc-tbf(8)).</summary>
    /// <param name="link">The interface, whose root queue is the kernel's default.</param>
    /// <param name="bytesPerSecond">The rate.</param>
    /// <param name="latency">How long a packet may wait before the next are dropped.</param>
    /// <exception cref="ErrnoException">ENOENT: the kernel has no sch_tbf; EEXIST: the interface has a queue of somebody's; EPERM.</exception>
    public void AddTokenBucket(NetworkLink link, long bytesPerSecond, TimeSpan latency)
    {
        const ushort TCA_TBF_PARMS = 1, TCA_TBF_RATE64 = 4, TCA_TBF_BURST = 6;
        const byte TC_LINKLAYER_ETHERNET = 1;
        ArgumentNullException.ThrowIfNull(link);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerSecond, 1);
        // At least one packet of any size that is offloaded to nobody, and what comes in 4 ms.
        var burst = (uint)Math.Clamp(bytesPerSecond / 250, 4096, int.MaxValue);
        var limit = (uint)Math.Clamp((bytesPerSecond * latency.TotalSeconds) + burst, burst + 4096, int.MaxValue);
        // struct tc_tbf_qopt: two struct tc_ratespec, limit, buffer, mtu.
        var parameters = new byte[36];
        parameters[1] = TC_LINKLAYER_ETHERNET;
        BinaryPrimitives.WriteUInt32LittleEndian(parameters.AsSpan(8), (uint)Math.Min(bytesPerSecond, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(parameters.AsSpan(24), limit);
        var rate = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(rate, bytesPerSecond);
        var options = new NetlinkAttributes().Add(TCA_TBF_PARMS, parameters).Add(TCA_TBF_BURST, burst);
        if (bytesPerSecond > uint.MaxValue)
            options.Add(TCA_TBF_RATE64, rate);
        AddQueue(link, "tbf", options);
    }

    /// <summary>Treats the packets that leave an interface as a bad network does (tc-netem(8)).</summary>
    /// <param name="link">The interface, whose root queue is the kernel's default.</param>
    /// <param name="emulation">What is done to them.</param>
    /// <exception cref="ErrnoException">ENOENT: the kernel has no sch_netem; EEXIST: the interface has a queue of somebody's; EPERM.</exception>
    public void AddEmulation(NetworkLink link, NetworkEmulation emulation)
    {
        const ushort TCA_NETEM_REORDER = 3, TCA_NETEM_CORRUPT = 4, TCA_NETEM_RATE = 6, TCA_NETEM_RATE64 = 8;
        // tc's default: packets that are held back at a time.
        const uint limit = 1000;
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(emulation);
        // struct tc_netem_qopt: latency, limit, loss, gap, duplicate, jitter; and behind it attributes that are not nested.
        var options = new NetlinkAttributes().AddRaw(Words(
            Ticks(emulation.Delay), limit, Probability(emulation.Loss), emulation.Reorder > 0 ? 1u : 0, Probability(emulation.Duplicate), Ticks(emulation.Jitter)));
        // Each with a correlation of none.
        if (emulation.Reorder > 0)
            options.Add(TCA_NETEM_REORDER, Words(Probability(emulation.Reorder), 0));
        if (emulation.Corrupt > 0)
            options.Add(TCA_NETEM_CORRUPT, Words(Probability(emulation.Corrupt), 0));
        if (emulation.Rate > 0)
        {
            // struct tc_netem_rate: rate, packet_overhead, cell_size, cell_overhead.
            options.Add(TCA_NETEM_RATE, Words((uint)Math.Min(emulation.Rate, uint.MaxValue), 0, 0, 0));
            var rate = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(rate, emulation.Rate);
            if (emulation.Rate > uint.MaxValue)
                options.Add(TCA_NETEM_RATE64, rate);
        }
        AddQueue(link, "netem", options);
    }

    /// <summary>Whether the kernel has a kind of queue (<c>netem</c>, <c>tbf</c>), or a module of it that can be loaded. Tried in a network namespace of its own.</summary>
    /// <param name="kind">The kind.</param>
    /// <exception cref="ErrnoException">EPERM: without CAP_SYS_ADMIN.</exception>
    public static bool KnowsQueue(string kind)
    {
        using var space = NetworkNamespace.Create();
        return space.Run(() =>
        {
            using var links = Open();
            try
            {
                links.AddQueue(links.TryFind("lo")!, kind, new NetlinkAttributes());
                return true;
            }
            catch (ErrnoException e)
            {
                // One that is known misses its options (EINVAL).
                return e.Errno != Errno.ENOENT;
            }
        });
    }

    /// <summary>Removes the root queue of an interface, which gets the kernel's default again.</summary>
    /// <returns>False when it has that already.</returns>
    public bool TryRemoveQueue(NetworkLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        try
        {
            Request("RTM_DELQDISC", link.Name, OfQueue(RTM_DELQDISC, NLM_F_ACK, link.Index));
            return true;
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.EINVAL)
        {
            return false;
        }
    }

    /// <summary>The scheduler's unit of time: 64 ns (PSCHED_SHIFT).</summary>
    private static uint Ticks(TimeSpan time) => (uint)Math.Clamp(time.Ticks * 100 / 64, 0, uint.MaxValue);

    private static uint Probability(double percent) => (uint)Math.Round(Math.Clamp(percent, 0, 100) / 100 * uint.MaxValue);

    private static byte[] Words(params ReadOnlySpan<uint> words)
    {
        var bytes = new byte[words.Length * 4];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), words[i]);
        return bytes;
    }

    private void AddQueue(NetworkLink link, string kind, NetlinkAttributes options) => Request(
        "RTM_NEWQDISC", $"{kind} on {link.Name}",
        OfQueue(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, link.Index)
            .With(new NetlinkAttributes().Add(TCA_KIND, kind).Add(TCA_OPTIONS, options.Bytes)));
}
