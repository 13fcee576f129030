using System.Management.Automation;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>The ids of the faults in force.</summary>
public sealed class FaultIdCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new FaultLedger(EngineSession.Engine.Options.RunRoot).List()
            .Where(record => Begins(record.Id, prefix))
            .Select(record => Result(record.Id, $"{record.Fault} on {record.Target}"));
}
