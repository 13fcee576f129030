using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

// Those that lead a target's questions for names elsewhere. The undo of the step's table is the undo of them.
internal static partial class FaultSteps
{
    private const ushort Domain = 53;

    // Before the one that leads 127.0.0.11 to the container's own name server.
    private const int NamesPriority = -101;

    /// <summary>Starts a name server in a target's network namespace, and leads what is sent to any other there.</summary>
    /// <param name="step">The table.</param>
    /// <param name="start">Starts it.</param>
    /// <param name="started">Takes it, even if the fault fails then.</param>
    internal static void LeadNames(FaultStep step, Func<FalseNameServer> start, List<IDisposable> started) => InTable(step, isUndo: false, table =>
    {
        const int raw = -300;
        var server = start();
        started.Add(server);
        table.Commit(table.Begin().AddTable().AddChain("names", "nat", NftHook.Output, NamesPriority).AddChain("out", "filter", NftHook.Output, raw)
            .AddRule("names", Lead(new NftRule().Version(ipv6: false), ipv6: false, server.Port))
            // Nobody else is asked the truth.
            .AddRule("out", new NftRule().Version(ipv6: true).Protocol(UDP).DestinationPort(Domain).Drop())
            .AddRule("out", new NftRule().Protocol(TCP).DestinationPort(Domain).IsNoReset().ResetConnection()));
    });

    /// <summary>Starts a slow one for each of its name servers, and leads there what is sent to that one.</summary>
    /// <param name="step">The table.</param>
    /// <param name="slow">How slow, and which servers.</param>
    /// <param name="start">Starts one.</param>
    /// <param name="started">Takes them, even if the fault fails then.</param>
    internal static void HoldNames(FaultStep step, SlowAnswers slow, Func<IPAddress, SlowNameServer> start, List<IDisposable> started) => InTable(step, isUndo: false, table =>
    {
        var batch = table.Begin().AddTable().AddChain("names", "nat", NftHook.Output, NamesPriority);
        foreach (var address in slow.Servers.Select(IPAddress.Parse))
        {
            SlowNameServer server;
            try
            {
                server = start(address);
            }
            catch (ErrnoException e) when (e.Errno is Errno.EADDRNOTAVAIL or Errno.ENETUNREACH or Errno.EAFNOSUPPORT)
            {
                // No way leads to that one: it does not answer anyhow.
                continue;
            }
            started.Add(server);
            var bytes = address.GetAddressBytes();
            var ipv6 = bytes.Length == 16;
            batch.AddRule("names", Lead(new NftRule().MarkIsNot(SlowNameServer.Mark).Version(ipv6).Destination(bytes), ipv6, server.Port));
        }
        table.Commit(batch);
    });

    private static NftRule Lead(NftRule rule, bool ipv6, ushort port)
    {
        var loopback = (ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback).GetAddressBytes();
        // Registers have four bytes.
        var behind = loopback.Length / 4;
        return rule.Protocol(UDP).DestinationPort(Domain).Load(0, loopback).Load(behind, [(byte)(port >> 8), (byte)port]).TranslateDestination(ipv6, 0, behind);
    }
}
