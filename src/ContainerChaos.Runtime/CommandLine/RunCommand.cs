using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>run</c>: creates, starts, waits for and deletes a container; with <c>--detach</c> it leaves after the start.</summary>
internal static class RunCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var options = new CreateOptions();
        var parser = CreateOptions.Parser("run", options)
            .Switch("--detach|-d", "leave the container running in the background", v => options.Detach = v)
            .Switch("--keep", "do not delete the container when it has ended", v => options.Keep = v);
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        options.Id = parser.Id(operands);
        var creation = new ContainerCreation(global, options);
        var terminal = creation.Spec.Process?.Terminal == true;
        if (creation.Spec.Process is null)
            throw new ContainerException(ErrorReason.InvalidArgument, "process: it is missing, and run is to start it.");

        // A terminal that nobody takes over is relayed by this process while it waits.
        var relayed = terminal && options.RelaysTerminal;
        var pair = relayed ? ConsoleSocket.Pair() : default;
        using var console = relayed ? pair.Theirs : CreateCommand.ConsoleOf(creation.Spec.Process, options.ConsoleSocket);
        if (options.Detach)
            SignalFd.Unblock(ForegroundWait.Signals);
        var (container, launched) = creation.Start(waitsForStart: false, OwnStreams.Streams with { ConsoleSocket = console });
        using var process = launched.Process;
        using var notify = creation.Notify;
        Poststart(container);
        if (options.Detach)
        {
            notify?.AwaitReady(process, launched.Pid);
            return 0;
        }
        int exitCode;
        using (pair.Ours)
        {
            using var relay = relayed ? new TerminalRelay(pair.Ours.ReceiveTerminal()) : null;
            exitCode = ForegroundWait.Until(process, relay, notify);
        }
        if (!options.Keep)
            Remove(global, creation.Spec, container);
        return exitCode;

        void Poststart(StoredContainer started)
        {
            if (creation.Spec.Hooks is not { Poststart.Count: > 0 } hooks)
                return;
            try
            {
                new HookRunner(options.Id, creation.Spec).Run("poststart", hooks.Poststart, started.Document("running"));
            }
            catch (ContainerException)
            {
                ContainerRemoval.Kill(started);
                process.WaitForExit();
                Remove(global, creation.Spec, started);
                throw;
            }
        }
    }

    /// <summary>A delete from outside may be at it, or have been: whoever has the lock first removes the container.</summary>
    private static void Remove(GlobalOptions global, RuntimeSpec spec, StoredContainer container)
    {
        var (pid, started) = (container.Record!.Pid, container.Record.StartTime);
        using var held = FileLock.TryExclusive(container.LockPath);
        if (held is null || !container.TryLoad() || container.Record.Pid != pid || container.Record.StartTime != started)
            return;
        if (!ContainerRemoval.HasOwnPids(spec))
            container.Cgroup()?.KillAll(ContainerRemoval.SIGKILL);
        ContainerRemoval.Remove(container, global.Log);
    }
}
