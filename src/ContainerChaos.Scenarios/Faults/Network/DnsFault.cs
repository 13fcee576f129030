using System.Net;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Has the target's name servers fail it, 127.0.0.11 and any other, by nf_tables in its network namespace: silent, refusing, slow, or answering with errors or wrong addresses.</summary>
/// <param name="Mode">How.</param>
/// <param name="Address">The wrong address, of version 4 or 6; only with <see cref="DnsMode.Lie"/>.</param>
/// <param name="Delay">How late each answer is, up to a minute; only with <see cref="DnsMode.Delay"/>.</param>
/// <remarks>
/// What a resolver has in a cache of its own is not forgotten. With Fail, Unknown and Lie a name server of the fault's own answers by UDP; TCP is reset, and servers with addresses of version 6 are silent.
/// With Delay questions by UDP to the servers of its resolv.conf(5) are held; what is held when the fault ends is lost, and the resolver asks again.
/// </remarks>
public sealed record DnsFault(DnsMode Mode = DnsMode.Drop, string? Address = null, TimeSpan Delay = default) : FaultSpec
{
    // TEST-NET-1 (RFC 5737): nobody is there.
    private const string Nowhere = "192.0.2.1";
    private const ushort Domain = 53;
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public override string Name => "dns";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        if (Address is not null && (Mode != DnsMode.Lie || !IPAddress.TryParse(Address, out _)))
            throw new ContainerException(ErrorReason.InvalidArgument, $"{target}: '{Address}' is no address that a name server could lie with.", target.Name) { Remedy = "Give an IP address, and the mode Lie." };
        if (Mode == DnsMode.Delay ? Delay <= TimeSpan.Zero || Delay > s_longest : Delay != TimeSpan.Zero)
            throw new ContainerException(ErrorReason.InvalidArgument, $"{target}: the fault {Name}: a delay of up to a minute and the mode Delay belong together.", target.Name) { Remedy = "Give both: -Dns Delay -Delay 500ms." };
        TargetNetwork network = TargetNetwork.Of(target, Name);
        var filter = new PacketFilter { Port = Domain, IsPeerPort = true, HasLoopback = true };
        return Mode switch
        {
            DnsMode.Drop => network.Filter("what comes from port 53 is dropped", [filter with { IsInput = true }]),
            DnsMode.Refuse => network.Filter("what is sent to port 53 is refused (RST, ICMP port unreachable)", [filter with { Verdict = PacketVerdict.Refuse }]),
            DnsMode.Fail => network.Answer("SERVFAIL", new FalseAnswers()),
            DnsMode.Unknown => network.Answer("NXDOMAIN", new FalseAnswers { IsUnknown = true }),
            DnsMode.Delay => network.Slow(Delay),
            _ => network.Answer(Address ?? Nowhere, new FalseAnswers { Address = Address ?? Nowhere }),
        };
    }
}
