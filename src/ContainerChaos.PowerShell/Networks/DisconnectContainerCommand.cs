using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Disconnects containers from a network, at once when they run.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class DisconnectContainerCommand : PassThruCmdlet
{
    /// <summary>The network's name, its id, or a unique beginning of the id. It may have been removed.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string Network { get; set; } = "";

    private protected override string Operation => $"Disconnect from network {Network}";

    private protected override object Act(ContainerTarget target) => Engine.Disconnect(target.Id, Network);

    private protected override string Describe(Container container) => $"{container.Name}: disconnected from {Network}.";
}
