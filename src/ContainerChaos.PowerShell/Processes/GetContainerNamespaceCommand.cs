using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>The namespaces of containers, each by its inode beside the host's of the same type.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerNamespace", DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(ContainerNamespace))]
public sealed class GetContainerNamespaceCommand : ContainerTargetCmdlet
{
    /// <summary>Reads the namespaces of the current pipeline object's containers.</summary>
    protected override void ProcessRecord()
    {
        foreach (var target in Targets())
            Attempt(target.Name, () => WriteObject(Engine.GetNamespaces(target.Id), enumerateCollection: true));
    }
}
