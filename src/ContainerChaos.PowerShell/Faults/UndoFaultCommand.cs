using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>Undoes faults by id, whoever started them, also when their watchdog and their shell were killed.</summary>
[Cmdlet(VerbsCommon.Undo, "Fault", SupportsShouldProcess = true)]
public sealed class UndoFaultCommand : FaultLedgerCmdlet
{
    /// <summary>The ids, as Get-Fault and Start-Fault return them; wildcards are welcome.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FaultIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>Undoes those of the current pipeline object.</summary>
    protected override void ProcessRecord() => Undo(Find(Id));
}
