using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>The processes of a container, zombies too, by the container's PID.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <returns>Empty when it does not run.</returns>
    public IReadOnlyList<ContainerProcess> GetProcesses(string nameOrId)
    {
        var (definition, state) = Look(nameOrId);
        return state.Pid > 0 ? ProcessTable.Read(definition.Name, state.Pid, state.PidStartTime, GroupOf(definition)) : [];
    }

    /// <summary>How many processes of a container are dead and not reaped.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    public int CountZombies(string nameOrId)
    {
        var (definition, state) = Look(nameOrId);
        return state.Pid > 0 ? ProcessTable.CountZombies(state.Pid, state.PidStartTime, GroupOf(definition)) : 0;
    }

    /// <summary>The namespaces of PID 1, each beside the host's.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <returns>Empty when it does not run.</returns>
    public IReadOnlyList<ContainerNamespace> GetNamespaces(string nameOrId)
    {
        var (definition, state) = Look(nameOrId);
        var namespaces = new List<ContainerNamespace>();
        if (state.Pid <= 0)
            return namespaces;
        foreach (var type in ProcessNamespace.Types)
        {
            if (ProcessNamespace.TryReadInode(state.Pid, type, out var inode) && ProcessNamespace.TryReadInode(Environment.ProcessId, type, out var host))
                namespaces.Add(new ContainerNamespace(definition.Name, type, inode, host));
        }

        // Read afterwards, so that what was listed belonged to this PID 1 and not to a later owner of its number.
        return ProcessStat.TryReadStartTime(state.Pid) == state.PidStartTime ? namespaces : [];
    }

    /// <summary>What tells a container's processes from those that share its PID namespace; null where nobody does.</summary>
    private static string? GroupOf(ContainerDefinition definition) => definition.PidMode is null ? null : definition.Id;
}
