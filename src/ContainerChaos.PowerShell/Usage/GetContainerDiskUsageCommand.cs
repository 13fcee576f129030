using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>What images, containers and volumes take on the disk, and how much of it nobody uses.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerDiskUsage")]
[OutputType(typeof(ContainerDiskUsage), typeof(ContainerDiskUsageItem))]
public sealed class GetContainerDiskUsageCommand : ContainerChaosCmdlet
{
    /// <summary>Each image, container and volume instead of the sums.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <summary>Reads it.</summary>
    protected override void EndProcessing() => Attempt(null, () =>
    {
        var usage = Engine.ReadDiskUsage(Cancellation);
        if (Detailed)
            WriteObject(usage.SelectMany(one => one.Items), enumerateCollection: true);
        else
            WriteObject(usage, enumerateCollection: true);
    });
}
