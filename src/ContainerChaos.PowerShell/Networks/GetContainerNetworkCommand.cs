using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Lists networks, or finds them by name.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerNetwork")]
[OutputType(typeof(ContainerNetwork))]
public sealed class GetContainerNetworkCommand : ContainerNetworkCmdlet
{
    /// <summary>Names, ids or unique beginnings of ids. Wildcards match names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Finds the networks that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var name in Name ?? ["*"])
        {
            Attempt(name, () =>
            {
                foreach (var network in Find(name))
                {
                    if (network.Warning is { } warning)
                        WriteWarning($"{network.ShortId}: {warning} It can only be removed: Remove-ContainerNetwork {network.ShortId}");
                    WriteObject(network);
                }
            });
        }
    }
}
