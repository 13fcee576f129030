using System.Management.Automation;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet about the faults in force.</summary>
public abstract class FaultLedgerCmdlet : ContainerChaosCmdlet
{
    private protected static FaultLedger Ledger { get; } = new(Engine.Options.RunRoot);

    /// <summary>Undoes what killed processes left behind, and says so.</summary>
    private protected void UndoAbandoned()
    {
        foreach (var record in Ledger.UndoAbandoned())
            WriteWarning($"{record.Target}: the fault {record.Fault} ({record.Id}) was left behind by a killed process and is undone now.");
    }

    /// <summary>The faults that ids or wildcards mean; an id that none has is an error.</summary>
    private protected IEnumerable<FaultRecord> Find(IEnumerable<string> ids)
    {
        var all = Ledger.List();
        foreach (var id in ids)
        {
            var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
            FaultRecord[] found = [.. all.Where(record => pattern.IsMatch(record.Id))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
            {
                Attempt(id, () => throw new ContainerException(ErrorReason.FaultNotFound, $"No fault {id} is in force.", id)
                {
                    Remedy = "Get-Fault lists those that are; this one may just have ended.",
                });
            }
            foreach (var record in found)
                yield return record;
        }
    }

    /// <summary>Undoes faults; each one's failure is an error of its own.</summary>
    private protected void Undo(IEnumerable<FaultRecord> records)
    {
        foreach (var record in records)
        {
            if (ShouldProcess(record.Target.ToString(), $"Undo {record.Fault} ({record.Id})"))
                Attempt(record.Id, () => Ledger.Undo(record.Id));
        }
    }
}
