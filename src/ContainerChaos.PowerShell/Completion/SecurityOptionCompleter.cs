using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>The security options.</summary>
public sealed class SecurityOptionCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[]
        {
            Result("seccomp=unconfined", "every system call is permitted that the capabilities permit"),
            Result("seccomp=builtin", "Docker's default profile, as without an option"),
            Result("no-new-privileges=false", "set-user-ID programs and file capabilities have their effect"),
            Result("systempaths=unconfined", "nothing of /proc and /sys is hidden or read-only"),
            Result("no-new-privileges=true", "they have none, as without an option"),
        }.Where(r => Begins(r.CompletionText, prefix));
}
