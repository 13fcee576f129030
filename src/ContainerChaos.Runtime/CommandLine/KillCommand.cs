using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>kill</c>: sends a signal, SIGTERM if none is named, to a container's first process or to all of its processes.</summary>
internal static class KillCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        bool all = false, regex = false;
        var parser = new OptionParser("kill", "CONTAINER [SIGNAL]")
            .Switch("--all|-a", "every process of the container", v => all = v)
            .Switch("--regex|-r", "every container whose id matches", v => regex = v);
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        if (operands.Count is 0 or > 2)
            throw parser.Misuse(operands.Count == 0 ? "the container's id is missing" : $"{operands[2]} is one argument too many");
        var signal = operands.Count < 2 ? 15 : operands[1] == "0" ? 0 : SignalName.TryParse(operands[1], out var number) ? number
            : throw new ContainerException(ErrorReason.InvalidArgument, $"'{operands[1]}' is an unknown signal.", operands[1]);

        foreach (var container in regex ? global.Store.Matching(operands[0]) : [global.Store.Open(operands[0])])
            Send(container, signal, all);
        return 0;
    }

    private static void Send(StoredContainer container, int signal, bool all)
    {
        if (all || (signal == 9 && !ContainerRemoval.HasOwnPids(container.Spec)))
        {
            // The processes that are left when the first one has ended are to be reached, too.
            container.Cgroup()?.KillAll(signal);
            return;
        }
        using var process = container.OpenProcess() ?? throw NotRunning(container);
        if (!process.SendSignal(signal))
            throw NotRunning(container);
    }

    private static ContainerException NotRunning(StoredContainer container) =>
        new(ErrorReason.InvalidState, $"{container.Id}: container not running: the process has finished already.", container.Id);
}
