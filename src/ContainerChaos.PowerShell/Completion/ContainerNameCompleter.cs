using System.Management.Automation;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>The names of containers; those in a state that the cmdlet can do something with come first.</summary>
public sealed class ContainerNameCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        EngineSession.Engine.List()
            .Where(c => Begins(c.Name, prefix))
            .OrderBy(c => Fits(command, c.State) ? 0 : 1)
            .ThenBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => Result(c.Name, $"{HumanText.State(c)}, {c.Image}, {c.ShortId}"));

    private static bool Fits(string command, ContainerStatus state) => command.Split('-')[0] switch
    {
        "Start" when command != "Start-Fault" => state is ContainerStatus.Created or ContainerStatus.Exited,
        "Suspend" or "Invoke" or "Start" => state is ContainerStatus.Running,
        "Resume" => state is ContainerStatus.Paused,
        "Stop" or "Wait" or "Send" => state is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting,
        "Remove" => state is ContainerStatus.Created or ContainerStatus.Exited or ContainerStatus.Dead,
        "Get" when command is not ("Get-Container" or "Get-ContainerLog") => state is ContainerStatus.Running or ContainerStatus.Paused,
        _ => true,
    };
}
