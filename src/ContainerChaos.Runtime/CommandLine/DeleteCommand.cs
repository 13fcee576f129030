using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>delete</c>: removes a container that has ended, or with <c>--force</c> kills it first.</summary>
internal static class DeleteCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        bool force = false, regex = false;
        var parser = new OptionParser("delete", "CONTAINER")
            .Switch("--force|-f", "kill it with SIGKILL if it runs; one that does not exist is no error", v => force = v)
            .Switch("--regex|-r", "every container whose id matches", v => regex = v);
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        if (regex)
        {
            foreach (var match in global.Store.Matching(parser.Id(operands)))
                Delete(global, match, force);
            return 0;
        }
        var id = parser.Id(operands);
        if (global.Store.TryOpen(id) is { } container)
            Delete(global, container, force);
        else if (force)
            global.Store.RemoveLeftover(id);
        else
            _ = global.Store.Open(id);
        return 0;
    }

    private static void Delete(GlobalOptions global, StoredContainer container, bool force)
    {
        using var held = FileLock.TryExclusive(container.LockPath);
        if (!container.TryLoad())
        {
            if (force)
                return;
            _ = global.Store.Open(container.Id);
        }
        // A created container runs nothing of its own yet: the specification leaves its removal open, and clients count on it.
        var status = container.Status();
        if (status is ContainerStatus.Running or ContainerStatus.Paused && !force)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"cannot delete container {container.Id} that is not stopped: {container.StatusText()}.", container.Id)
            {
                Remedy = "Kill it and wait for its end, or use --force.",
            };
        }
        if (status != ContainerStatus.Exited)
            ContainerRemoval.Kill(container);
        else if (!ContainerRemoval.HasOwnPids(container.Spec))
            container.Cgroup()?.KillAll(ContainerRemoval.SIGKILL);
        ContainerRemoval.Remove(container, global.Log);
    }
}
