namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Defines a container. No process is started; <see cref="Start"/> does that.</summary>
    /// <param name="options">What it shall be.</param>
    /// <param name="cancellationToken">Ends the call; nothing of the container stays.</param>
    /// <returns>The container, in the state created.</returns>
    /// <exception cref="Runtime.ContainerException">InvalidName, NameInUse, ImageNotFound, LimitTooLow, InvalidArgument, DiskFull, PermissionDenied.</exception>
    public Container Create(ContainerCreateOptions options, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
