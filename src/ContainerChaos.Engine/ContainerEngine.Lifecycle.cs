namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Starts a container; one that runs already is left as it is.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Stops waiting for the start.</param>
    /// <returns>The container with its PID 1 started.</returns>
    /// <exception cref="Runtime.ContainerException">CommandNotFound (127), CommandNotExecutable (126), StartFailed, InvalidState, and what <see cref="Get"/> throws.</exception>
    public Container Start(string nameOrId, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Asks PID 1 to end with the stop signal, waits out the grace period, then kills. Disarms the restart policy.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="timeout">The grace period; null for the container's own.</param>
    /// <param name="cancellationToken">Stops waiting; the stop itself goes on.</param>
    public Container Stop(string nameOrId, TimeSpan? timeout = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Stops a container as <see cref="Stop"/> does and starts it again.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="timeout">The grace period; null for the container's own.</param>
    /// <param name="cancellationToken">Stops waiting; the restart itself goes on.</param>
    public Container Restart(string nameOrId, TimeSpan? timeout = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Freezes every process of a running container.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Container Suspend(string nameOrId, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Thaws a container that <see cref="Suspend"/> froze.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Container Resume(string nameOrId, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Waits until a container is finally down: neither running nor about to be restarted by its policy.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The container with its exit code; at once when it is down or was never started.</returns>
    public Container Wait(string nameOrId, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Removes a container with its writable layer and its log.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="force">Kill it first if it runs.</param>
    /// <param name="cancellationToken">Stops waiting for the kill.</param>
    /// <exception cref="Runtime.ContainerException">InvalidState when it runs and <paramref name="force"/> is false.</exception>
    public void Remove(string nameOrId, bool force = false, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
