using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Starts the containers again that their restart policy brings back after a reboot.</summary>
[Cmdlet(VerbsData.Restore, "Container", SupportsShouldProcess = true)]
[OutputType(typeof(Container))]
public sealed class RestoreContainerCommand : ContainerChaosCmdlet
{
    /// <summary>Only those of these names; wildcards are welcome. Without it all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Starts them one after the other: those whose network others join come first.</summary>
    protected override void EndProcessing()
    {
        IReadOnlyList<Container> found = [];
        if (!Attempt(null, () => found = Engine.FindRestorable()))
            return;
        WildcardPattern[] names = [.. Name.Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        foreach (var container in found.Where(container => names.Any(name => name.IsMatch(container.Name))))
        {
            if (!ShouldProcess(container.Name, "Restore container"))
                continue;
            Container? started = null;
            if (!Attempt(container.Name, () => started = Engine.Start(container.Id, Cancellation)))
                continue;
            WriteVerbose($"{container.Name}: started, as its restart policy {container.RestartPolicy} has it.");
            WriteObject(started);
        }
    }
}
