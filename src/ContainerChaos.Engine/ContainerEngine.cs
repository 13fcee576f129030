namespace ContainerChaos.Engine;

/// <summary>
/// Containers and images of one data root: what Docker keeps in a daemon, kept in a library and on disk.
/// It never forks: what runs is started by <c>ccrun</c>, and outlives the process that this object lives in.
/// </summary>
/// <remarks>
/// Any number of engines, threads and processes may use the same root at once; there is no global lock.
/// Calls block, and end at once with <see cref="OperationCanceledException"/> when their token is cancelled.
/// Failures are <see cref="Runtime.ContainerException"/>.
/// </remarks>
public sealed partial class ContainerEngine
{
    /// <summary>Opens an engine. Nothing is started, scanned or created before it is needed.</summary>
    /// <param name="options">Where its state is; null for the defaults.</param>
    public ContainerEngine(EngineOptions? options = null)
    {
        Options = options ?? new EngineOptions();
        Images = new ImageStore(Options);
    }

    /// <summary>Where its state is, and its executables.</summary>
    public EngineOptions Options { get; }

    /// <summary>The images of this root.</summary>
    public ImageStore Images { get; }
}
