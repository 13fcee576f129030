namespace ContainerChaos.Runtime;

/// <summary><c>update</c>: changes the limits of a container.</summary>
internal static class UpdateCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var options = new UpdateOptions();
        var parser = new OptionParser("update", "CONTAINER");
        foreach (var (names, value, description, set) in options.All)
            parser.Value(names, value, description, set);
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        var container = global.Store.Open(parser.Id(operands));
        var resources = options.ToResources();
        SpecValidation.Check(resources);
        if (container.Status() == ContainerStatus.Exited)
            throw new ContainerException(ErrorReason.InvalidState, $"cannot update {container.Id}: the container is not running.", container.Id);
        if (container.Cgroup() is not { Record.Path: not null } cgroup)
            throw new ContainerException(ErrorReason.NotSupported, $"cannot update {container.Id}: it has no control group of its own.", container.Id);
        cgroup.Update(resources);
        return 0;
    }
}
