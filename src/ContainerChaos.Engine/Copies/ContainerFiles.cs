using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>The files of a container as it sees them itself, volumes and all; or the host's.</summary>
internal sealed class ContainerFiles : IDisposable
{
    private readonly MountView? _view;

    private ContainerFiles(UnixDirectory root, MountView? view, string? container)
    {
        Root = root;
        _view = view;
        Container = container;
    }

    /// <summary>The root, from which nothing leads out.</summary>
    public UnixDirectory Root { get; }

    /// <summary>The container's name; null for the host.</summary>
    public string? Container { get; }

    public static ContainerFiles OfHost() => new(UnixDirectory.Open("/"), null, null);

    /// <summary>The files of a running container, through its first process.</summary>
    /// <returns>Null when that has just ended.</returns>
    public static ContainerFiles? TryOpenRunning(ContainerDefinition definition, int pid, ulong startTime)
    {
        try
        {
            var root = UnixDirectory.Open($"/proc/{pid}/root");
            // Compared afterwards: the PID was this process's when its root was taken.
            if (ProcessStat.TryReadStartTime(pid) == startTime)
                return new ContainerFiles(root, null, definition.Name);
            root.Dispose();
            return null;
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH)
        {
            return null;
        }
    }

    /// <summary>The files of a container that is down.</summary>
    /// <exception cref="ContainerException">As <see cref="MountView.Open"/>.</exception>
    public static ContainerFiles OpenStopped(ContainerDefinition definition, string executable, ContainerPaths paths)
    {
        var view = MountView.Open(executable, paths);
        try
        {
            return new ContainerFiles(UnixDirectory.Open($"/proc/{view.Pid}/root"), view, definition.Name);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // Before the view, which could not unmount what is held.
        Root.Dispose();
        _view?.Dispose();
    }
}
