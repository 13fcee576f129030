using System.Net;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Has the target's name servers fail it, 127.0.0.11 and any other, by nf_tables in its network namespace: silent, refusing, or answering with errors or wrong addresses.</summary>
/// <param name="Mode">How.</param>
/// <param name="Address">The wrong address, of version 4 or 6; only with <see cref="DnsMode.Lie"/>.</param>
/// <remarks>What a resolver has in a cache of its own is not forgotten. With the last three modes a name server of the fault's own answers by UDP; TCP is reset, and servers with addresses of version 6 are silent.</remarks>
public sealed record DnsFault(DnsMode Mode = DnsMode.Drop, string? Address = null) : FaultSpec
{
    // TEST-NET-1 (RFC 5737): nobody is there.
    private const string Nowhere = "192.0.2.1";
    private const ushort Domain = 53;

    /// <inheritdoc/>
    public override string Name => "dns";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        if (Address is not null && (Mode != DnsMode.Lie || !IPAddress.TryParse(Address, out _)))
            throw new ContainerException(ErrorReason.InvalidArgument, $"{target}: '{Address}' is no address that a name server could lie with.", target.Name) { Remedy = "Give an IP address, and the mode Lie." };
        TargetNetwork network = TargetNetwork.Of(target, Name);
        var filter = new PacketFilter { Port = Domain, IsPeerPort = true, HasLoopback = true };
        return Mode switch
        {
            DnsMode.Drop => network.Filter("what comes from port 53 is dropped", [filter with { IsInput = true }]),
            DnsMode.Refuse => network.Filter("what is sent to port 53 is refused (RST, ICMP port unreachable)", [filter with { Verdict = PacketVerdict.Refuse }]),
            DnsMode.Fail => network.Answer("SERVFAIL", new FalseAnswers()),
            DnsMode.Unknown => network.Answer("NXDOMAIN", new FalseAnswers { IsUnknown = true }),
            _ => network.Answer(Address ?? Nowhere, new FalseAnswers { Address = Address ?? Nowhere }),
        };
    }
}
