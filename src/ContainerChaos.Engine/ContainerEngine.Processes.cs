namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>The processes of a container, zombies too, by the container's PID.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <returns>Empty when it does not run.</returns>
    public IReadOnlyList<ContainerProcess> GetProcesses(string nameOrId) => throw new NotImplementedException();

    /// <summary>How many processes of a container are dead and not reaped.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    public int CountZombies(string nameOrId) => throw new NotImplementedException();

    /// <summary>The namespaces of PID 1, each beside the host's.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <returns>Empty when it does not run.</returns>
    public IReadOnlyList<ContainerNamespace> GetNamespaces(string nameOrId) => throw new NotImplementedException();
}
