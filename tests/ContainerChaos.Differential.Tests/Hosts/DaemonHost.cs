namespace ContainerChaos.Differential.Tests;

/// <summary>A daemon of our own that answers Docker's API, with directories, a socket and control groups of its own.</summary>
internal abstract class DaemonHost : ApiHost
{
    private readonly Daemon? _daemon;

    /// <param name="root">Where it lives; goes with this object.</param>
    /// <param name="images">An archive of the images that it is to have.</param>
    /// <param name="start">Starts it, to serve on the socket <c>sock</c> of its root.</param>
    protected DaemonHost(TestRoot root, string images, Func<TestRoot, Daemon> start)
        : base(root["sock"])
    {
        Root = root;
        try
        {
            _daemon = start(root);
            Load(images);
            Listen();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override string Folder => Root.Directory;

    protected TestRoot Root { get; }

    public sealed override void Dispose()
    {
        StopListening();
        _daemon?.Dispose();
        CleanUp();
        OwnGroups.Remove(Root.CgroupParent);
        Root.Dispose();
    }

    /// <summary>Takes away what a daemon leaves that has ended.</summary>
    protected virtual void CleanUp()
    {
    }
}
