using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Connects containers to a network, at once when they run.</summary>
[Cmdlet(VerbsCommunications.Connect, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class ConnectContainerCommand : PassThruCmdlet
{
    /// <summary>The network's name, its id, or a unique beginning of the id.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string Network { get; set; } = "";

    /// <summary>Further names that the others of the network can reach it by.</summary>
    [Parameter]
    public string[] NetworkAlias { get; set; } = [];

    /// <summary>The address of version 4 that it must have; any by default.</summary>
    [Parameter]
    public string? IPAddress { get; set; }

    /// <summary>The address of version 6 that it must have; any by default.</summary>
    [Parameter]
    public string? IPv6Address { get; set; }

    private protected override string Operation => $"Connect to network {Network}";

    private protected override object Act(ContainerTarget target) => Engine.Connect(
        target.Id, Network, new NetworkConnectOptions { Aliases = NetworkAlias, IPAddress = IPAddress, IPv6Address = IPv6Address });

    private protected override string Describe(Container container) => $"{container.Name}: connected to {Network}.";
}
