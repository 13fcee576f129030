using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>exec</c>: runs another command in a running container.</summary>
internal static class ExecCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var options = new ExecArguments();
        var parser = options.Parser();
        if (parser.Parse(arguments, stopAtOperand: true) is not { } operands)
            return 0;
        if (operands.Count == 0)
            throw parser.Misuse("the container's id is missing");
        if (operands.Count == 1 && options.ProcessFile is null)
            throw parser.Misuse("a command or --process is needed");

        var container = global.Store.Open(operands[0]);
        var status = container.Status();
        if (status == ContainerStatus.Paused && !options.IgnorePaused)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"cannot exec in a paused container: {container.Id}.", container.Id)
            {
                Remedy = "Resume it, or use --ignore-paused.",
            };
        }
        using var first = status is ContainerStatus.Running or ContainerStatus.Created or ContainerStatus.Paused ? container.OpenProcess() : null;
        if (first is null)
            throw new ContainerException(ErrorReason.InvalidState, $"cannot exec in {container.Id}: container not running: it is {container.StatusText()}.", container.Id);

        var process = options.Process(container.Spec, operands.Skip(1));
        SpecValidation.Check(process, global.Log.Warn);
        if (process.ExecCPUAffinity?.Initial is { Length: > 0 } cpus && IndexList.TryParse(cpus, IndexList.MaximumCpu) is { } mask)
            global.Log.Debug($"nsexec: affinity: 0x{mask[0]:x}");
        var relayed = process.Terminal && !options.Detach && options.ConsoleSocket is null;
        var pair = relayed ? ConsoleSocket.Pair() : default;
        using var console = relayed ? pair.Theirs : CreateCommand.ConsoleOf(process, options.ConsoleSocket);
        if (options.Detach)
            SignalFd.Unblock(ForegroundWait.Signals);
        global.Log.Debug("nsexec container setup: join the container's namespaces");
        global.Log.Debug("setns_init: about to exec");
        var launched = CommandLauncher.Start(
            first, container.Record!.Pid, ExecCgroup.Find(container.Cgroup()!, container.Record.Pid, options.Cgroups), process, container.Id, OwnStreams.Streams with { ConsoleSocket = console },
            new ExecOptions
            {
                Seccomp = container.Spec.Linux?.Seccomp,
                Linux = container.Spec.Linux,
                Annotations = container.Spec.Annotations,
                Warn = global.Log.Note,
                PreservedDescriptors = options.PreservedDescriptors,
                NoNewKeyring = options.NoNewKeyring,
                RelaysTerminal = relayed,
                ProcessIsChecked = true,
            });
        global.Log.Debug("child process in init(): it executes the command");
        using (pair.Ours)
        using (launched.Process)
        {
            if (options.PidFile is { } file)
                ContainerCreation.WritePidFile(file, launched.Pid);
            if (options.PidFdSocket is { } socket)
                ContainerCreation.SendProcess(socket, launched.Process);
            if (options.Detach)
                return 0;
            using var relay = relayed ? new TerminalRelay(pair.Ours.ReceiveTerminal()) : null;
            return ForegroundWait.Until(launched.Process, relay);
        }
    }
}
