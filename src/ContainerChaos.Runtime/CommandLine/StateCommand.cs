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
        RuntimeLog.Write(1, $"{global.Store.Open(parser.Id(operands)).Document().ToJson()}\n");
        return 0;
    }
}
