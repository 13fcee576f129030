using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Leads published ports to another running container, without a refused or lost connection.</summary>
[Cmdlet(VerbsCommon.Move, "ContainerPort", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class MoveContainerPortCommand : PassThruCmdlet
{
    /// <summary>The running container that shall have the ports: its name, its id, or a unique beginning of the id.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Destination { get; set; } = "";

    /// <summary>The ports of the host to move, such as <c>8080</c>, <c>5353/udp</c> or <c>127.0.0.1:8080</c>; all that the container has by default.</summary>
    [Parameter]
    [Alias("HostPort")]
    public string[] Port { get; set; } = [];

    /// <summary>The port of the destination that they lead to; the same as before by default.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? ContainerPort { get; set; }

    private protected override string Operation => $"Move published ports to {Destination}";

    private protected override object Act(ContainerTarget target) => Engine.MovePorts(target.Id, Destination, new PortMoveOptions { Ports = Port, ContainerPort = ContainerPort });

    private protected override string Describe(Container container) => $"{container.Name}: has the ports {string.Join(", ", container.Ports)}.";
}
