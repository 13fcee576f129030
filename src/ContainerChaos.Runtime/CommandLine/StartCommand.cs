using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>start</c>: lets a created container's first process execute its command.</summary>
internal static class StartCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var parser = new OptionParser("start", "CONTAINER");
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        var container = global.Store.Open(parser.Id(operands));
        using var held = FileLock.TryExclusive(container.LockPath);
        if (container.Status() != ContainerStatus.Created || container.Record is not { Pid: > 0 } record)
        {
            throw new ContainerException(
                ErrorReason.InvalidState, $"cannot start a container that is not created: {container.Id} is {container.StatusText()}.", container.Id);
        }
        if (container.Spec.Process is null)
            throw new ContainerException(ErrorReason.InvalidArgument, $"process: {container.Id} has none to start.", container.Id);

        var hooks = new HookRunner(container.Id, container.Spec);
        using var notify = NotifySocket.TryOpen(container.NotifyDirectory, global.Log.Warn);
        using var process = container.OpenProcess();
        try
        {
            if (process is null)
                throw Gone(container);
            if (container.Spec.Hooks is { StartContainer.Count: > 0 } before)
                hooks.Run("startContainer", before.StartContainer, container.Document("created"), (process, record.Pid));
            Release(container);
            if (container.Spec.Hooks is { Poststart.Count: > 0 } after)
                hooks.Run("poststart", after.Poststart, container.Document("running"));
        }
        catch (ContainerException)
        {
            // runtime-spec, lifecycle: stop the container and go on with its removal.
            ContainerRemoval.Kill(container);
            ContainerRemoval.Remove(container, global.Log);
            throw;
        }
        // A service takes its time, and may have to be killed meanwhile.
        held?.Dispose();
        notify?.AwaitReady(process, record.Pid);
        return 0;
    }

    private static void Release(StoredContainer container)
    {
        using var reports = FileDescriptor.Open(container.StartReports, OpenFlags.O_RDONLY);
        using (var gate = FileDescriptor.TryOpen(container.StartGate, OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK, 0, out _) ?? throw Gone(container))
            gate.Write([1]);
        File.Delete(container.StartGate);
        if (ChildReport.Read(reports) is { } failure)
            throw LaunchErrors.DescribeExecution(container.Id, container.Spec.Process!, failure.Errno);
        File.Delete(container.StartReports);
    }

    private static ContainerException Gone(StoredContainer container) =>
        new(ErrorReason.InvalidState, $"cannot start {container.Id}: its first process has ended.", container.Id) { Remedy = "It has been removed; create it again." };
}
