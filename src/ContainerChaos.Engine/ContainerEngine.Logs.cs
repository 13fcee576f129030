namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Reads a container's log, lazily.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">Which part, and whether to follow; null for all of it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Runtime.ContainerException">ContainerNotFound, before the first line is asked for.</exception>
    public IEnumerable<ContainerLogEntry> ReadLog(string nameOrId, ContainerLogOptions? options = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
