using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>ps</c>: the processes of a container, by the host's PIDs.</summary>
internal static class PsCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var format = "table";
        var parser = new OptionParser("ps", "CONTAINER [PS-OPTION...]")
            .Value("--format|-f", "table|json", "the output's format", v => format = v);
        if (parser.Parse(arguments, stopAtOperand: true) is not { } operands)
            return 0;
        if (operands.Count == 0)
            throw parser.Misuse("the container's id is missing");
        if (format is not ("table" or "json"))
            throw new ContainerException(ErrorReason.InvalidArgument, $"--format: '{format}' is neither table nor json.", format);
        var container = global.Store.Open(operands[0]);
        var pids = container.Cgroup()?.Pids() ?? [];
        if (format == "json")
            RuntimeLog.WriteJson(pids, StateJson.Default.IReadOnlyListInt32);
        else
            RuntimeLog.Write(1, TextTable.Format(["UID", "PID", "PPID", "STAT", "CMD"], pids.Select(Describe).OfType<string[]>()));
        return 0;
    }

    private static string[]? Describe(int pid)
    {
        if (ProcessStatus.TryRead(pid) is not { } status)
            return null;
        var command = ProcessCommandLine.TryRead(pid) is { Length: > 0 } line ? line : $"[{status.Name}]";
        return [status.UserId.ToString(), pid.ToString(), status.ParentPid.ToString(), status.State.ToString(), command];
    }
}
