using System.Management.Automation;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Ends what Start-Fault began: every fault on these targets, or these faults.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Fault", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
public sealed class StopFaultCommand : FaultLedgerCmdlet
{
    /// <summary>The targets, as Get-Fault shows them; wildcards are welcome.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.ByName)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Faults, as Start-Fault and Get-Fault return them. One that has ended is no error.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.ByObject, ValueFromPipeline = true)]
    [ValidateNotNull]
    public FaultRecord[] InputObject { get; set; } = [];

    /// <summary>Undoes those of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            Undo(InputObject);
            return;
        }
        var all = Ledger.List();
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            FaultRecord[] found = [.. all.Where(record => pattern.IsMatch(record.Target.Name) || pattern.IsMatch(record.Target.ToString()))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                Attempt(name, () => throw new ContainerException(ErrorReason.FaultNotFound, $"No fault on '{name}' is in force.", name) { Remedy = "Get-Fault lists those that are." });
            Undo(found);
        }
    }
}
