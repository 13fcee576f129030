using System.Management.Automation;
using ContainerChaos.Linux;

namespace ContainerChaos.PowerShell;

/// <summary>The kernel's error numbers by name.</summary>
public sealed class ErrnoCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        Enum.GetValues<Errno>().Where(errno => errno != Errno.None && Begins(errno.ToString(), prefix)).Select(errno => Result(errno.ToString(), $"{(int)errno}, errno(3)"));
}
