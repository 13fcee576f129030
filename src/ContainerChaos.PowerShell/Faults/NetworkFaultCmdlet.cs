using System.Management.Automation;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet for the faults of the network, a parameter set each.</summary>
public abstract class NetworkFaultCmdlet : FaultCmdlet
{
    /// <summary>Separate the targets from these containers or addresses; <c>*</c> is everybody.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Partition")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Partition { get; set; } = [];

    /// <summary>Which packets are meant: those that the targets receive (In), those that they send (Out), or both.</summary>
    [Parameter(ParameterSetName = "Partition")]
    [Parameter(ParameterSetName = "Netem")]
    [Parameter(ParameterSetName = "Rate")]
    [ValidateSet("Both", "In", "Out")]
    public string Direction { get; set; } = "Both";

    /// <summary>Drop the packets to and from this port of the targets, without a word.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "BlackHole")]
    [ValidateRange(1, 65_535)]
    public int BlackHole { get; set; }

    /// <summary>Reset the TCP connections of this port of the targets.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ConnectionReset")]
    [ValidateRange(1, 65_535)]
    public int ConnectionReset { get; set; }

    /// <summary>The port is that of the others, whom the targets call.</summary>
    [Parameter(ParameterSetName = "BlackHole")]
    [Parameter(ParameterSetName = "ConnectionReset")]
    public SwitchParameter OfPeer { get; set; }

    /// <summary>Drop new connections of the targets, in and out, as a host does whose table of connections is full.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Conntrack")]
    public SwitchParameter ExhaustConntrack { get; set; }

    /// <summary>For how many new connections there is still room.</summary>
    [Parameter(ParameterSetName = "Conntrack")]
    [ValidateRange(0, 1_000_000)]
    public int Leave { get; set; }

    /// <summary>Have the name servers be silent (Drop), refuse (Refuse), or answer with SERVFAIL (Fail), NXDOMAIN (Unknown) or a wrong address (Lie), or answer late (Delay).</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Dns")]
    [ValidateSet("Drop", "Refuse", "Fail", "Unknown", "Lie", "Delay")]
    public string Dns { get; set; } = "Drop";

    /// <summary>The wrong address of -Dns Lie; 192.0.2.1 by default, where nobody is.</summary>
    [Parameter(ParameterSetName = "Dns")]
    [ValidateNotNullOrEmpty]
    public string? Address { get; set; }

    /// <summary>Pull the cables: no carrier. With -Period they are plugged in and pulled in turn.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LinkDown")]
    public SwitchParameter LinkDown { get; set; }

    /// <summary>How long they are pulled, and plugged in after that, in turn; without it they are pulled all the time.</summary>
    [Parameter(ParameterSetName = "LinkDown")]
    [DurationArgument]
    public TimeSpan Period { get; set; }

    /// <summary>Let at most so many bytes a second pass in each direction: <c>64KB</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Rate")]
    [Parameter(ParameterSetName = "Netem")]
    [ByteSizeArgument]
    [ValidateRange(1024L, long.MaxValue)]
    public long Rate { get; set; }

    /// <summary>Emulate a bad network by what -Delay, -Jitter, -Loss, -Duplicate, -Reorder, -Corrupt and -Rate say, in each direction.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Netem")]
    public SwitchParameter Netem { get; set; }

    /// <summary>How long each packet, or with -Dns Delay each question, is held back, up to a minute.</summary>
    [Parameter(ParameterSetName = "Netem")]
    [Parameter(ParameterSetName = "Dns")]
    [DurationArgument]
    public TimeSpan Delay { get; set; }

    /// <summary>By how much more or less; at most the delay.</summary>
    [Parameter(ParameterSetName = "Netem")]
    [DurationArgument]
    public TimeSpan Jitter { get; set; }

    /// <summary>How many packets are lost, in per cent.</summary>
    [Parameter(ParameterSetName = "Netem")]
    [ValidateRange(0d, 100d)]
    public double Loss { get; set; }

    /// <summary>How many packets are sent twice, in per cent.</summary>
    [Parameter(ParameterSetName = "Netem")]
    [ValidateRange(0d, 100d)]
    public double Duplicate { get; set; }

    /// <summary>How many packets overtake those that are held back, in per cent; it needs -Delay.</summary>
    [Parameter(ParameterSetName = "Netem")]
    [ValidateRange(0d, 100d)]
    public double Reorder { get; set; }

    /// <summary>In how many packets a bit is flipped, in per cent.</summary>
    [Parameter(ParameterSetName = "Netem")]
    [ValidateRange(0d, 100d)]
    public double Corrupt { get; set; }

    // A property of the enumeration's type would have PowerShell load its assembly before the module can say where it is.
    private TrafficDirection Ways => Enum.Parse<TrafficDirection>(Direction, ignoreCase: true);

    /// <summary>The fault that the parameter set is.</summary>
    private protected override FaultSpec ReadFault() => ParameterSetName switch
    {
        "Partition" => Injector.Resolve(new PartitionFault([.. Partition.Where(name => name != "*")], Ways)),
        "BlackHole" => new PortFault(BlackHole, Resets: false, OfPeer),
        "ConnectionReset" => new PortFault(ConnectionReset, Resets: true, OfPeer),
        "Conntrack" => new ConntrackExhaustionFault(Leave),
        "Dns" => new DnsFault(Enum.Parse<DnsMode>(Dns, ignoreCase: true), Address, Delay),
        "LinkDown" => new LinkDownFault(Period),
        "Rate" => new NetworkRateFault(Rate, Ways),
        "Netem" => new NetemFault(new NetworkEmulation { Delay = Delay, Jitter = Jitter, Loss = Loss, Duplicate = Duplicate, Reorder = Reorder, Corrupt = Corrupt, Rate = Rate }, Ways),
        _ => throw new ContainerException(ErrorReason.InvalidArgument, "No fault is chosen.") { Remedy = "Choose one: -Partition db, -BlackHole 80, -Rate 64KB …" },
    };
}
