using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>state</c>: a container's state as JSON (runtime-spec, runtime: State).</summary>
internal static class StateCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var parser = new OptionParser("state", "CONTAINER")
            .Switch("--all|-a", "accepted for compatibility: there is no more to show", _ => { });
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        var container = global.Store.Open(parser.Id(operands));
        if (container is { IsBeingCreated: true, AsksDuringCreation: false })
            container = WaitForCreation(global, container);
        RuntimeLog.Write(1, $"{container.Document().ToJson()}\n");
        return 0;
    }

    /// <summary>
    /// A client that polls for the container takes the first state it gets for that of a finished create. The creator holds the
    /// lock meanwhile.
    /// </summary>
    private static StoredContainer WaitForCreation(GlobalOptions global, StoredContainer container)
    {
        FileLock.TryShared(container.LockPath)?.Dispose();
        return global.Store.Open(container.Id);
    }
}
