using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Starts the first process of a container, as often as it is asked to: the runtime-spec is compiled once into a
/// <see cref="ChildProgram"/>, and each start is a clone that runs it.
/// </summary>
public sealed class ContainerLauncher : IDisposable
{
    private const int MS_REC = 0x4000, MS_PRIVATE = 0x40000, MS_NODEV = 4, MNT_DETACH = 2;

    private readonly RuntimeSpec _spec;
    private readonly Cgroup _cgroup;
    private readonly string _subject;
    private readonly ChildProgram _program = new();
    private readonly ChildSlot _go;
    private readonly ChildSlot _goWriter;
    private readonly ChildSlot _input;
    private readonly ChildSlot _output;
    private readonly ChildSlot _error;
    private readonly CloneFlags _namespaces;

    /// <summary>Compiles a runtime-spec.</summary>
    /// <param name="spec">The container.</param>
    /// <param name="rootPath">The root's directory on the host; with an overlay, where it is mounted.</param>
    /// <param name="overlay">The layers; null when the directory itself is the root.</param>
    /// <param name="cgroup">The container's control group; it must exist at <see cref="Start"/>.</param>
    /// <param name="subject">The container's name, for messages.</param>
    /// <param name="init">Whether PID 1 is our init and the command its child.</param>
    /// <exception cref="ContainerException">The spec holds something invalid or not supported.</exception>
    public ContainerLauncher(RuntimeSpec spec, string rootPath, OverlayRoot? overlay, Cgroup cgroup, string subject, bool init)
    {
        _spec = spec;
        _cgroup = cgroup;
        _subject = subject;
        _go = _program.NewSlot();
        _goWriter = _program.NewSlot();
        _input = _program.NewSlot();
        _output = _program.NewSlot();
        _error = _program.NewSlot();
        try
        {
            _namespaces = Compile(rootPath, overlay, init);
        }
        catch
        {
            _program.Dispose();
            throw;
        }
    }

    /// <summary>Starts the process, and returns when it executes its command.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="record">
    /// Called with the PID and the start time while the process prepares itself; if the caller ends before it returns, the
    /// command is never executed.
    /// </param>
    /// <exception cref="ContainerException">
    /// <see cref="ErrorReason.CommandNotFound"/>, <see cref="ErrorReason.CommandNotExecutable"/>,
    /// <see cref="ErrorReason.PidTableFull"/>, <see cref="ErrorReason.StartFailed"/>; nothing of the process is left.
    /// </exception>
    public LaunchedProcess Start(FileDescriptor input, FileDescriptor output, FileDescriptor error, Action<int, ulong>? record = null)
    {
        using var into = _cgroup.OpenForClone();
        var (go, goWriter) = FileDescriptor.Pipe();
        StartedChild child;
        ulong started;
        using (goWriter)
        {
            using (go)
            {
                child = LaunchErrors.Clone(_subject, _cgroup, () => _program.Start(
                    _namespaces, into, (_go, go.Number), (_goWriter, goWriter.Number),
                    (_input, input.Number), (_output, output.Number), (_error, error.Number)));
            }
            // Before it can end and be reaped: the PID and the start time name it for good.
            started = ProcessStat.TryReadStartTime(child.Pid) ?? 0;
            try
            {
                record?.Invoke(child.Pid, started);
                goWriter.Write([1]);
            }
            catch (ErrnoException e)
            {
                // The child's wait ends with the pipe, or it has failed already and says why.
                goWriter.Dispose();
                using (child)
                {
                    var early = child.WaitForExecute();
                    child.Process.Dispose();
                    throw early is { Errno: not Errno.EPIPE } ? LaunchErrors.Describe(_subject, _cgroup, _spec.Process!, early) : LaunchErrors.Describe(_subject, _cgroup, e);
                }
            }
        }
        using (child)
        {
            if (child.WaitForExecute() is not { } failure)
                return new LaunchedProcess(child.Pid, started, child.Process);
            child.Process.Dispose();
            throw LaunchErrors.Describe(_subject, _cgroup, _spec.Process!, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _program.Dispose();

    private CloneFlags Compile(string rootPath, OverlayRoot? overlay, bool init)
    {
        var linux = _spec.Linux ?? new LinuxSpec();
        var process = new ProcessSteps(_program, _spec.Process ?? throw new ContainerException(ErrorReason.InvalidArgument, "process: it is missing."));
        var namespaces = new NamespaceSteps(_program, linux.Namespaces);

        _program.Call("close the pipe's other end", SystemCallNumber.close, _goWriter);
        _program.Call("start a session", SystemCallNumber.setsid);
        process.JoinCgroup(_cgroup);
        process.SetStandardStreams(_input, _output, _error);
        process.SetOomScore();
        namespaces.Join();
        namespaces.BringLoopbackUp();
        if (_spec.Hostname is { } hostname && namespaces.Has(CloneFlags.CLONE_NEWUTS))
            _program.Call("set the host name", SystemCallNumber.sethostname, _program.Text(hostname), hostname.Length);
        if (_spec.Domainname is { } domain && namespaces.Has(CloneFlags.CLONE_NEWUTS))
            _program.Call("set the domain name", SystemCallNumber.setdomainname, _program.Text(domain), domain.Length);
        foreach (var (key, value) in linux.Sysctl ?? new Dictionary<string, string>())
            SetSysctl(key, value);

        var root = new RootSteps(_program);
        var mounts = new MountSteps(_program, root);
        MountRoot(root, rootPath, overlay);
        mounts.Mount(_spec.Mounts);
        mounts.MakeReadOnly(linux.ReadonlyPaths);
        mounts.Mask(linux.MaskedPaths);
        if (_spec.Process!.Cwd != "/")
            root.OpenOrMakeDirectory(_spec.Process.Cwd);

        namespaces.EnterCgroupNamespace();
        mounts.MountCgroups(_spec.Mounts, _cgroup);
        if (_spec.Root is { Readonly: true })
            root.SetAttributes("make the root read-only", root.Root, MountOptions.MOUNT_ATTR_RDONLY);

        // pivot_root(2): with "." for both, the old root is left mounted over the new one and taken off from there.
        _program.Call("enter the root", SystemCallNumber.fchdir, root.Root);
        var here = _program.Text(".");
        _program.Call("pivot_root", SystemCallNumber.pivot_root, here, here);
        _program.Call("unmount the old root", SystemCallNumber.umount2, here, MNT_DETACH);
        _program.Call("enter the root", SystemCallNumber.chdir, _program.Text("/"));

        process.HideFromContainer();
        process.SetIdentity();
        process.ChangeDirectory();
        process.ResetSignals();
        _program.Call("wait until the start is recorded", SystemCallNumber.read, _go, _program.Memory(1), 1).Expecting(1);
        if (init)
        {
            _program.BecomeInit("start the command below init");
            _program.Call("give the command a process group", SystemCallNumber.setpgid, 0, 0);
        }
        process.Execute();
        return namespaces.New;
    }

    private void MountRoot(RootSteps root, string path, OverlayRoot? overlay)
    {
        _program.Call("make mounts private", SystemCallNumber.mount, 0, _program.Text("/"), 0, MS_REC | MS_PRIVATE, 0);
        if (overlay is not null)
        {
            _program.Call(
                "mount overlay on the root", SystemCallNumber.mount,
                _program.Text("overlay"), _program.Text(path), _program.Text("overlay"), MS_NODEV, _program.Text(overlay.ToOptions()));
        }
        else
        {
            const int MS_BIND = 0x1000;
            _program.Call("bind the root", SystemCallNumber.mount, _program.Text(path), _program.Text(path), 0, MS_BIND | MS_REC, 0);
        }
        _program.Call("open the root", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text(path), (long)(OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC), 0)
            .Into(root.Root);
        if (overlay is null)
            root.SetAttributes("make the root nodev", root.Root, MountOptions.MOUNT_ATTR_NODEV);
    }

    private void SetSysctl(string key, string value)
    {
        if (key.Contains("..") || key.Contains('/'))
            throw new ContainerException(ErrorReason.InvalidArgument, $"linux.sysctl: '{key}' is not a kernel parameter.", key);
        var file = _program.NewSlot();
        _program.Call($"open the kernel parameter {key}", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text("/proc/sys/" + key.Replace('.', '/')), (long)(OpenFlags.O_WRONLY | OpenFlags.O_CLOEXEC), 0).Into(file);
        _program.Call($"set {key} to {value}", SystemCallNumber.write, file, _program.Text(value), value.Length);
    }
}
