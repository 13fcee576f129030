namespace ContainerChaos.Runtime;

/// <summary><c>mounts add</c> and <c>mounts remove</c>: mounts in a running container, as crun has them.</summary>
internal static class MountsCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var parser = new OptionParser("mounts", "[add|remove] CONTAINER FILE");
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        if (operands is not ["add" or "remove", var id, var file])
            throw parser.Misuse("it takes add or remove, a container's id, and a file with a list of mounts");
        var mounts = RuntimeSpecJson.ReadMounts(file);
        var container = global.Store.Open(id);
        using var process = container.OpenProcess() ?? throw new ContainerException(ErrorReason.InvalidState, $"{id}: container not running.", id);
        var changer = new MountChanger(container, process);
        if (operands[0] == "add")
            changer.Add(mounts);
        else
            changer.Remove(mounts);
        return 0;
    }
}
