using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>The named restart delays, and two that show how others are written.</summary>
public sealed class RestartDelayCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[]
        {
            Result("docker", "100 ms, doubling to a minute, reset by ten seconds of running"),
            Result("none", "at once"),
            Result("250ms", "always a quarter of a second"),
            Result("1s", "always a second"),
        }.Where(r => Begins(r.CompletionText, prefix));
}
