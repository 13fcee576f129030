namespace ContainerChaos.Differential.Tests;

/// <summary>An engine that runs containers: ours, or one of those that it is compared with. All calls block; what is refused is a <see cref="HostException"/>.</summary>
internal abstract class ContainerHost : IDisposable
{
    /// <summary>What has happened to its containers.</summary>
    public EventLog Events { get; } = new();

    /// <summary>A folder on the host that belongs to this engine's scenes.</summary>
    public abstract string Folder { get; }

    /// <returns>The id.</returns>
    public abstract string Create(ContainerRequest request);

    public abstract void Start(string container);

    /// <param name="container">A name or an id.</param>
    /// <param name="grace">Seconds; null for the container's own.</param>
    public abstract void Stop(string container, int? grace = null);

    public abstract void Restart(string container, int? grace = null);

    public abstract void Kill(string container, string signal);

    public abstract void Pause(string container);

    public abstract void Resume(string container);

    public abstract void Rename(string container, string name);

    public abstract void Remove(string container, bool force = false);

    /// <returns>The exit code.</returns>
    public abstract int Wait(string container);

    public abstract Sight Look(string container);

    public abstract CommandResult Execute(string container, CommandRequest command);

    /// <summary>What it wrote: a letter for the stream, a space, and the line.</summary>
    public abstract IReadOnlyList<string> ReadLog(string container, int? tail = null);

    /// <summary>Waits until it has written a line with a text in it.</summary>
    public abstract void AwaitLine(string container, string text);

    public abstract void Dispose();
}
