using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>The stages of recovery, with what each counts from.</summary>
public sealed class RecoveryStageCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[]
        {
            Result("firstSuccess", "from the fault to the first answered request"),
            Result("steady", "from the fault to the steady state"),
            Result("firstFailure", "from the fault to the first failed request"),
            Result("exitSeen", "from the fault to the runtime's event of the end"),
            Result("detected", "from PID 1's death to the runtime's event of it"),
            Result("backOff", "from the end to the end of the announced back-off"),
            Result("started", "from the end of the back-off to the new PID 1"),
            Result("process", "from the fault to the new PID 1"),
            Result("healthy", "from the fault to the first good answer of the health probe"),
            Result("act", "what the act itself took, such as a stop"),
        }.Where(r => Begins(r.CompletionText, prefix));
}
