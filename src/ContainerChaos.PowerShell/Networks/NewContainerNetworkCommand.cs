using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Makes a bridge network, whose containers find each other by name.</summary>
[Cmdlet(VerbsCommon.New, "ContainerNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(ContainerNetwork))]
public sealed class NewContainerNetworkCommand : ContainerChaosCmdlet
{
    /// <summary>The unique name: letters, digits, <c>_</c>, <c>.</c> and <c>-</c>, two at least.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>Its addresses in CIDR notation, such as <c>172.28.0.0/16</c>; one of version 4 and one of version 6 at most. Without it some that nobody on this host has.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Subnet { get; set; } = [];

    /// <summary>The host's address in the subnet, the containers' way out; the first one by default. One for each subnet.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Gateway { get; set; } = [];

    /// <summary>The part of the subnet that containers get addresses from, in CIDR notation; all of it by default. One for each subnet.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] IPRange { get; set; } = [];

    /// <summary>Let nothing outside be reached from it, nor it from outside.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Internal { get; set; }

    /// <summary>Give it addresses of version 6 as well. A -Subnet of that version implies it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter IPv6 { get; set; }

    /// <summary>Labels.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Hashtable? Label { get; set; }

    /// <summary>Makes the network of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, "New network"))
            return;
        Attempt(Name, () => WriteObject(Engine.CreateNetwork(new NetworkCreateOptions
        {
            Name = Name,
            Subnets = Subnet,
            Gateways = Gateway,
            IPRanges = IPRange,
            Internal = Internal,
            IPv6 = IPv6,
            Labels = Arguments.Pairs(Label),
        })));
    }
}
