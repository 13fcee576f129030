namespace ContainerChaos.Benchmarks.Peers;

/// <summary>A tool that runs containers, in the few operations the measures are made of.</summary>
internal abstract class Peer(Workspace workspace) : IDisposable
{
    public abstract string Name { get; }

    protected Workspace Workspace { get; } = workspace;

    /// <summary>Gets ready to be measured.</summary>
    /// <returns>Null, or why this machine cannot run it.</returns>
    public abstract string? Open();

    /// <summary>Creates a container that runs <c>true</c>, waits for its end and deletes it.</summary>
    public abstract void RunTrue();

    /// <summary>The same with the tool's default bridge; false where it has none.</summary>
    public virtual bool RunTrueOnBridge() => false;

    /// <summary>Starts a container with port 80 published as <paramref name="hostPort"/>; null where the tool can't.</summary>
    public virtual PublishedContainer? StartPublished(int hostPort) => null;

    /// <summary>Starts so many containers on the default bridge, all names beginning with <paramref name="prefix"/>; null where the tool can't.</summary>
    public virtual IFleet? StartFleet(string prefix, int count) => null;

    /// <summary>Makes the kernel forget the tool's own program, for a cold start; false where there is no such program.</summary>
    public virtual bool Evict() => false;

    /// <summary>Starts a container that stays up, without waiting for its command's first word; null where the tool cannot.</summary>
    /// <returns>What removes it.</returns>
    public virtual IDisposable? StartIdle() => null;

    /// <summary>Starts a container that stays up, and returns when its first process has said so; null where the tool cannot.</summary>
    public virtual IdleContainer? Start(bool restartAlways) => null;

    /// <summary>The processes that stand watch over this tool's containers, shared ones included.</summary>
    public virtual IEnumerable<int> Supervisors(IEnumerable<IdleContainer> containers) => [];

    public virtual void Dispose()
    {
    }
}
