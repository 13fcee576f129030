using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>The four restart policies.</summary>
public sealed class RestartPolicyCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[]
        {
            Result("no", "never started again"),
            Result("on-failure", "started again after a non-zero exit code"),
            Result("on-failure:3", "started again after a non-zero exit code, three times at most"),
            Result("always", "started again after every exit that no operator asked for"),
            Result("unless-stopped", "as always; it stays down after a reboot when it had been stopped"),
        }.Where(r => Begins(r.CompletionText, prefix));
}
