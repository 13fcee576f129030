namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>All containers in all states, oldest first.</summary>
    public IReadOnlyList<Container> List() => throw new NotImplementedException();

    /// <summary>The names that begin with a prefix, in order. It reads one directory and no container, so completion can call it.</summary>
    /// <param name="prefix">The beginning of a name; empty for all.</param>
    public IReadOnlyList<string> ListNames(string prefix) => throw new NotImplementedException();

    /// <summary>Finds a container.</summary>
    /// <param name="nameOrId">Its name, its id, or a prefix of the id that no other container has.</param>
    /// <exception cref="Runtime.ContainerException">ContainerNotFound; InvalidArgument for an ambiguous prefix.</exception>
    public Container Get(string nameOrId) => throw new NotImplementedException();

    /// <summary>The host's PID of PID 1, or null when the container does not run.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    public int? GetProcessId(string nameOrId) => throw new NotImplementedException();
}
