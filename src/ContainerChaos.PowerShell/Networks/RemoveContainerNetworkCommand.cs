using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes networks that no running container is in.</summary>
[Cmdlet(VerbsCommon.Remove, "ContainerNetwork", SupportsShouldProcess = true)]
public sealed class RemoveContainerNetworkCommand : ContainerNetworkCmdlet
{
    /// <summary>Names, ids or unique beginnings of ids. Wildcards match names, but not those of networks that always exist.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Removes the networks that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            IReadOnlyList<ContainerNetwork> networks = [];
            Attempt(name, () => networks = Find(name));
            var isPattern = WildcardPattern.ContainsWildcardCharacters(name);
            foreach (var network in networks.Where(network => !(isPattern && network.IsPredefined) && ShouldProcess(network.Name, "Remove network")))
            {
                if (Attempt(network.Name, () => Engine.RemoveNetwork(network.Id)))
                    WriteVerbose($"{network.Name}: removed.");
            }
        }
    }
}
