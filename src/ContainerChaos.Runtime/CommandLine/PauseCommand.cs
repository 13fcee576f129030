namespace ContainerChaos.Runtime;

/// <summary><c>pause</c> and <c>resume</c>: the freezer of the container's control group (cgroups(7)).</summary>
internal static class PauseCommand
{
    internal static int Pause(GlobalOptions global, ReadOnlySpan<string> arguments) =>
        Change(global, "pause", arguments, wanted => wanted is ContainerStatus.Running or ContainerStatus.Created, cgroup => cgroup.Freeze());

    internal static int Resume(GlobalOptions global, ReadOnlySpan<string> arguments) =>
        Change(global, "resume", arguments, wanted => wanted == ContainerStatus.Paused, cgroup => cgroup.Thaw());

    private static int Change(GlobalOptions global, string verb, ReadOnlySpan<string> arguments, Func<ContainerStatus, bool> allowed, Action<ContainerCgroup> change)
    {
        var parser = new OptionParser(verb, "CONTAINER");
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        var container = global.Store.Open(parser.Id(operands));
        if (!allowed(container.Status()))
        {
            throw new ContainerException(
                ErrorReason.InvalidState, $"cannot {verb} {container.Id}: container not {(verb == "pause" ? "running or created" : "paused")}: it is {container.StatusText()}.", container.Id);
        }
        var cgroup = container.Cgroup() is { Record.Path: not null } own ? own : throw new ContainerException(
            ErrorReason.NotSupported, $"cannot {verb} {container.Id}: it has no control group of its own.", container.Id);
        change(cgroup);
        return 0;
    }
}
