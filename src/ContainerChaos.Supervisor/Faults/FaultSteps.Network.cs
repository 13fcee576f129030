using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

// Those that are done to a target's network namespace, and to the host's ends of its wires.
internal static partial class FaultSteps
{
    private const byte TCP = 6, UDP = 17;
    // As wondershaper and Docker's examples have it: a packet waits at most so long, then the next are dropped.
    private static readonly TimeSpan s_queueing = TimeSpan.FromMilliseconds(50);

    private static void AddFilter(FaultStep step, bool isUndo) => InTable(step, isUndo, table =>
    {
        var batch = BeginFilter(table);
        foreach (var filter in step.Filters ?? [])
        {
            byte[] protocols = filter.Verdict == PacketVerdict.Reset ? [TCP] : filter.Port > 0 ? [TCP, UDP] : [0];
            foreach (var protocol in protocols)
                batch.AddRule(filter.IsInput ? "in" : "out", RuleOf(filter, protocol));
        }
        table.Commit(batch);
    });

    /// <summary>Starts a bad network in a target's network namespace, and leads what it sends and gets there.</summary>
    /// <param name="step">The table.</param>
    /// <param name="network">Which packets.</param>
    /// <param name="start">Starts it.</param>
    /// <param name="started">Takes it, even if the fault fails then.</param>
    internal static void LeadPackets(FaultStep step, EmulatedNetwork network, Func<BadNetwork> start, List<IDisposable> started) => InTable(step, isUndo: false, table =>
    {
        started.Add(start());
        NftBatch Batch(bool isTarget)
        {
            var batch = BeginFilter(table);
            if (network.HasInput)
                batch.AddRule("in", new NftRule().InputNameIsNot("lo").MarkIsNot(BadNetwork.Mark).Queue(BadNetwork.Queue, isTarget));
            if (network.HasOutput)
                batch.AddRule("out", new NftRule().OutputNameIsNot("lo").MarkIsNot(BadNetwork.Mark).Queue(BadNetwork.Queue, isTarget));
            return batch;
        }
        // The kernel may have but one of the two ways.
        if (table.TryCommit(Batch(isTarget: false)) != Errno.None)
            table.Commit(Batch(isTarget: true));
    });

    private static void LimitConnections(FaultStep step, bool isUndo) => InTable(step, isUndo, table =>
    {
        // Behind connection tracking (-200), which knows what is new, and before it keeps what it has seen.
        const int mangle = -150;
        const uint isNew = 8;
        var batch = table.Begin().AddTable().AddChain("full").AddChain("in", "filter", NftHook.Input, mangle).AddChain("out", "filter", NftHook.Output, mangle);
        foreach (var chain in (string[])["in", "out"])
        {
            // Tracking that begins with this rule takes any packet of an older TCP connection for its first: only a request is one.
            batch.AddRule(chain, Outside().Protocol(TCP).IsRequest().ConnectionState(isNew).Jump("full"))
                .AddRule(chain, Outside().ProtocolIsNot(TCP).ConnectionState(isNew).Jump("full"));
            NftRule Outside() => chain == "in" ? new NftRule().InputNameIsNot("lo") : new NftRule().OutputNameIsNot("lo");
        }
        // One rule counts both directions.
        table.Commit(batch.AddRule("full", step.Number > 0 ? new NftRule().ConnectionsOver((uint)step.Number).Drop() : new NftRule().Drop()));
    });

    private static void RemoveFilter(FaultStep step, bool isUndo) => InTable(step, isUndo, table =>
    {
        if (table.Exists)
            table.Commit(table.Begin().DeleteTable());
    });

    private static NftBatch BeginFilter(NftTable table)
    {
        // Before everybody else's rules, and before connection tracking.
        const int raw = -300;
        return table.Begin().AddTable().AddChain("in", "filter", NftHook.Input, raw).AddChain("out", "filter", NftHook.Output, raw);
    }

    private static NftRule RuleOf(PacketFilter filter, byte protocol)
    {
        var rule = new NftRule();
        if (!filter.HasLoopback)
            _ = filter.IsInput ? rule.InputNameIsNot("lo") : rule.OutputNameIsNot("lo");
        if (filter.Address is { } text)
        {
            var address = IPAddress.Parse(text).GetAddressBytes();
            rule.Version(ipv6: address.Length == 16);
            _ = filter.IsInput ? rule.Source(address) : rule.Destination(address);
        }
        if (protocol != 0)
            rule.Protocol(protocol);
        if (filter.Port > 0)
            _ = filter.IsInput != filter.IsPeerPort ? rule.DestinationPort(filter.Port) : rule.SourcePort(filter.Port);
        // The answer leaves by the same way and must not be caught.
        if (filter.Verdict != PacketVerdict.Drop && protocol == TCP)
            rule.IsNoReset();
        if (filter.Share is { } share)
            rule.Share(share);
        return filter.Verdict == PacketVerdict.Drop ? rule.Drop() : protocol == TCP ? rule.ResetConnection() : rule.RejectPort();
    }

    private static void InTable(FaultStep step, bool isUndo, Action<NftTable> work) => InNetwork(step, isUndo, () =>
    {
        using var table = NftTable.TryOpen(step.Value!) ?? throw new ErrnoException(Errno.EPROTONOSUPPORT, "nf_tables", step.Value!);
        work(table);
    });

    private static void InNetwork(FaultStep step, bool isUndo, Action<RouteSocket> work) => InNetwork(step, isUndo, () =>
    {
        using var links = RouteSocket.Open();
        work(links);
    });

    /// <summary>In the namespace that the step was planned for; without a process, in this one: the host's ends of wires.</summary>
    private static void InNetwork(FaultStep step, bool isUndo, Action work)
    {
        if (step.Pid == 0)
        {
            work();
            return;
        }
        using var space = TryOpenNetwork(step);
        if (space is not null)
            space.Run(work);
        // Nobody has it any more: then what was done to it is gone as well.
        else if (!isUndo)
            throw new ErrnoException(Errno.ESRCH, "open", $"/proc/{step.Pid}/ns/net");
    }

    /// <summary>That of the process; when it has ended, the container's as it runs now, or its monitor's, which keeps it between two incarnations.</summary>
    private static NetworkNamespace? TryOpenNetwork(FaultStep step)
    {
        var link = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"net:[{step.Inode}]");
        var paths = new List<string>();
        if (IsAlive(step))
            paths.Add($"/proc/{step.Pid}/ns/net");
        if (step.Container is { } container && JsonFile.TryReadIntact(Path.Combine(container, "state.json"), SupervisorJson.ContainerState) is { } state)
        {
            paths.Add($"/proc/{state.Pid}/ns/net");
            try
            {
                paths.AddRange(Directory.EnumerateFileSystemEntries($"/proc/{state.MonitorPid}/fd"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended.
            }
        }
        foreach (var path in paths)
        {
            try
            {
                if (new FileInfo(path).LinkTarget == link && NetworkNamespace.TryOpen(path) is { } found)
                    return found;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // So has this one.
            }
        }
        return null;
    }

    private static void AddQueue(RouteSocket links, FaultStep step)
    {
        if (step.Emulation is { } emulation)
            links.AddEmulation(Find(links, step), emulation);
        else
            links.AddTokenBucket(Find(links, step), step.Size, s_queueing);
    }

    private static NetworkLink Find(RouteSocket links, FaultStep step) => links.TryFind(step.Value!) ?? throw new ErrnoException(Errno.ENODEV, "RTM_GETLINK", step.Value!);
}
