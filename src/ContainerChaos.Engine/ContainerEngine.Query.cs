using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>All containers in all states, oldest first.</summary>
    public IReadOnlyList<Container> List()
    {
        var containers = new List<Container>();
        foreach (var id in _store.Ids())
        {
            // Null: removed while this was under way.
            if (_store.TryReadDefinition(id) is { } definition && Refresh(definition) is { } state)
                containers.Add(Describe(definition, state));
        }

        containers.Sort((a, b) => a.CreatedAt.CompareTo(b.CreatedAt) is not 0 and var order ? order : string.CompareOrdinal(a.Name, b.Name));
        return containers;
    }

    /// <summary>The names that begin with a prefix, in order. It reads one directory and no container, so completion can call it.</summary>
    /// <param name="prefix">The beginning of a name; empty for all.</param>
    public IReadOnlyList<string> ListNames(string prefix) =>
        [.. _store.Names().Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Finds a container.</summary>
    /// <param name="nameOrId">Its name, its id, or a prefix of the id that no other container has.</param>
    /// <exception cref="ContainerException">ContainerNotFound; InvalidArgument for an ambiguous prefix.</exception>
    public Container Get(string nameOrId)
    {
        var (definition, state) = Look(nameOrId);
        return Describe(definition, state);
    }

    /// <summary>The host's PID of PID 1, or null when the container does not run.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    public int? GetProcessId(string nameOrId) => Look(nameOrId).State.Pid is > 0 and var pid ? pid : null;

    private (ContainerDefinition Definition, ContainerState State) Look(string nameOrId)
    {
        var definition = Find(nameOrId);
        return (definition, Refresh(definition) ?? throw ContainerStore.NotFound(nameOrId));
    }

    private static void RequireWhole(ContainerDefinition definition, string verb)
    {
        if (definition.Damage is { } damage)
            EngineErrors.Throw(ErrorReason.StoreDamaged, $"Cannot {verb} container '{definition.Name}': {damage}", definition.Name, $"Remove it, and make it again: Remove-Container {definition.Name}");
    }

    private ContainerDefinition Find(string nameOrId)
    {
        try
        {
            return _store.TryReadDefinition(_store.Resolve(nameOrId)) ?? throw ContainerStore.NotFound(nameOrId);
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, $"read container '{nameOrId}'", nameOrId, Options.DataRoot);
        }
    }

    private static bool IsActive(ContainerState state) =>
        state.Status is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting;
}
