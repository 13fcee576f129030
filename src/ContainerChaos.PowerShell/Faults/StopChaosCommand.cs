using System.Management.Automation;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>The emergency brake: undoes every fault, and needs nothing but the ledger's files.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Chaos", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class StopChaosCommand : FaultLedgerCmdlet
{
    /// <summary>Those of every shell on this host, not only of this one.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Return what was undone.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Undoes them.</summary>
    protected override void EndProcessing()
    {
        FaultRecord[] wanted = [.. Ledger.List().Where(record => All || record.Pid == Environment.ProcessId)];
        Undo(wanted);
        if (PassThru)
            WriteObject(wanted.Where(record => Ledger.TryRead(record.Id) is null), enumerateCollection: true);
    }
}
