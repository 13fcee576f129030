using System.Management.Automation;
using ContainerChaos.Linux;

namespace ContainerChaos.PowerShell;

/// <summary>Signal names, those that operators send first.</summary>
public sealed class SignalCompleter : LiveCompleter
{
    private static readonly string[] Usual = ["SIGTERM", "SIGKILL", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGSTOP", "SIGCONT"];

    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix)
    {
        var typedWhole = Begins(prefix, "SIG");
        return Usual.Union(SignalName.All)
            .Select(name => (Name: name, Text: typedWhole ? name : name[3..]))
            .Where(signal => Begins(signal.Text, prefix))
            .Select(signal => Result(signal.Text, SignalName.TryParse(signal.Name, out var number) ? $"{signal.Name} ({number})" : signal.Name));
    }
}
