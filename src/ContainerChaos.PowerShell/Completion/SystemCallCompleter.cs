using System.Management.Automation;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>The kernel's system calls.</summary>
public sealed class SystemCallCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[] { FileSystemCalls.Group }.Concat(SystemCallTable.Names).Where(name => Begins(name, prefix))
            .Select(name => Result(name, name == FileSystemCalls.Group ? string.Join(", ", FileSystemCalls.Io) : name + "(2)"));
}
