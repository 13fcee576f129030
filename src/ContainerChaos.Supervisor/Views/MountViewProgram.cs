using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// <c>ccrun mount-view</c>: keeps the root file system of a container that is down mounted as it is when it runs, with its volumes, in a
/// namespace of its own. Its caller passes a socket as descriptor 3, reads from it which process has the mounts, and ends it by hanging up.
/// </summary>
/// <remarks>It is the way of a start up to the command, which is never executed, under the monitor's lock: nobody else mounts the layer meanwhile.</remarks>
public static class MountViewProgram
{
    /// <summary>The verb.</summary>
    public const string Verb = "mount-view";

    // What the kernel shows and no files of the container's.
    private static readonly string[] s_leftOut = ["proc", "sysfs", "cgroup", "cgroup2", "mqueue"];

    /// <summary>Mounts, answers with a <see cref="MonitorReply"/>, and waits for the caller's end.</summary>
    /// <param name="arguments">The container's directory and its run directory.</param>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not [var containerDirectory, var runDirectory])
            return 2;
        Environment.CurrentDirectory = "/";
        using var caller = new FileDescriptor(DetachedProcess.PassedDescriptor);
        caller.SetCloseOnExec();
        var paths = new ContainerPaths(containerDirectory, runDirectory);
        try
        {
            using var guard = MonitorLock.Take(paths)
                ?? throw new ContainerException(ErrorReason.InvalidState, "Its monitor is at work.", containerDirectory) { Remedy = "Repeat the call: the container has just been started, or is about to be." };
            try
            {
                Show(paths, caller);
            }
            finally
            {
                RunDirectory.Remove(paths);
            }
            return 0;
        }
        catch (ContainerException e)
        {
            Tell(caller, new MonitorReply { Error = MonitorError.From(e) });
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException or JsonException)
        {
            Tell(caller, new MonitorReply { Error = new MonitorError(ErrorReason.KernelError, e.Message, Path.GetFileName(containerDirectory), null, (e as ErrnoException)?.Errno ?? Errno.None) });
        }
        return 125;
    }

    private static void Show(ContainerPaths paths, FileDescriptor caller)
    {
        var definition = JsonFile.TryRead(paths.Definition, SupervisorJson.ContainerDefinition)
            ?? throw new ContainerException(ErrorReason.ContainerNotFound, $"{paths.Definition} does not exist.", paths.ContainerDirectory);
        using var launcher = new ContainerLauncher(
            Reduce(RuntimeSpecJson.Read(paths.Spec), paths),
            new LaunchOptions
            {
                RootPath = paths.RootFileSystem,
                Overlay = definition.LowerDirs.Count > 0 ? ContainerDisk.OverlayOf(definition, paths) : null,
                WithoutDeviceNodes = true,
                WaitsForStart = true,
                ShowsRoot = true,
            },
            CgroupHost.Current.Group("/" + definition.Id, CgroupMembership.None), definition.Name);
        using var nothing = FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR);
        var (gate, gateWriter) = FileDescriptor.Pipe();
        // The child's wait ends with this pipe, so it does not outlive this process.
        using (gateWriter)
        {
            LaunchedProcess keeper;
            using (gate)
                keeper = launcher.Start(new LaunchStreams(nothing, nothing, nothing) { StartGate = gate, StartReports = nothing });
            using (keeper.Process)
            {
                Tell(caller, new MonitorReply { Pid = keeper.Pid });
                Span<byte> end = stackalloc byte[1];
                caller.Read(end);
                const int SIGKILL = 9;
                keeper.Process.SendSignal(SIGKILL);
                keeper.Process.WaitForExit();
            }
        }
    }

    /// <summary>The mounts and the user namespace, and nothing that the command alone is concerned with.</summary>
    private static RuntimeSpec Reduce(RuntimeSpec spec, ContainerPaths paths) => spec with
    {
        Process = null,
        Hooks = null,
        Hostname = null,
        Domainname = null,
        Mounts = [.. spec.Mounts.Where(mount => !s_leftOut.Contains(mount.Type) && !IsMadeAtStart(mount, paths))],
        Linux = spec.Linux! with
        {
            // One that is joined at a start has a path only then.
            Namespaces = [.. spec.Linux.Namespaces.Where(n => n.Type is "mount" or "user").Select(n => n with { Path = null })],
            Resources = null,
            Seccomp = null,
            Sysctl = null,
            NetDevices = null,
            IntelRdt = null,
            MaskedPaths = [],
            ReadonlyPaths = [],
        },
    };

    /// <summary>The files of its /etc are there once it has been started.</summary>
    private static bool IsMadeAtStart(MountSpec mount, ContainerPaths paths) =>
        mount.Source is { } source && source.StartsWith(paths.ContainerDirectory + "/", StringComparison.Ordinal) && !File.Exists(source);

    private static void Tell(FileDescriptor caller, MonitorReply reply)
    {
        try
        {
            caller.Write(ProtocolJson.MonitorReply.ToBytes(reply));
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPIPE or Errno.ECONNRESET)
        {
            // The caller is gone, and so will be its view.
        }
    }
}
