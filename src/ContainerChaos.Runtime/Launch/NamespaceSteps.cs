using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The steps that put a container's first process into its namespaces (namespaces(7)).</summary>
/// <remarks>
/// New ones come with the clone. Where one to join decides who owns the new ones (user), or is entered by a fork only
/// (pid), or could no longer be joined from inside a new user namespace, the clone joins first and hands over to a
/// sibling that gets the new ones.
/// </remarks>
internal sealed class NamespaceSteps
{
    private readonly ChildProgram _program;
    private readonly LinuxSpec _linux;
    private readonly List<(CloneFlags Flag, string Path, bool OwnedByUser)> _joined = [];
    private readonly bool _newCgroup;
    private readonly bool _newTime;
    private CloneFlags _new;

    /// <exception cref="ContainerException">A type is unknown, a path is not a namespace of that type, or the combination is impossible.</exception>
    internal NamespaceSteps(ChildProgram program, LinuxSpec linux)
    {
        _program = program;
        _linux = linux;
        var userPath = linux.Namespaces.FirstOrDefault(n => n.Type == "user")?.Path;
        for (var i = 0; i < linux.Namespaces.Count; i++)
        {
            var entry = linux.Namespaces[i];
            var flag = Flag(entry, i);
            if (entry.Path is { Length: > 0 } path)
                _joined.Add((flag, path, Check($"linux.namespaces[{i}].path", flag, path, userPath)));
            else if (flag == CloneFlags.CLONE_NEWCGROUP)
                _newCgroup = true;
            else if (flag == CloneFlags.CLONE_NEWTIME)
                _newTime = true;
            else
                _new |= flag;
        }
        HandsOver = _joined.Any(j => j.Flag is CloneFlags.CLONE_NEWPID or CloneFlags.CLONE_NEWUSER)
            || ((_new & CloneFlags.CLONE_NEWUSER) != 0 && _joined.Count > 0);
    }

    /// <summary>The namespaces that the clone makes. The cgroup namespace is not among them: its root is the group that the process is in when it is made.</summary>
    internal CloneFlags New => HandsOver ? CloneFlags.None : _new;

    /// <summary>Whether the process is in a user namespace that is not this runtime's.</summary>
    internal bool HasUser => Has(CloneFlags.CLONE_NEWUSER);

    /// <summary>Whether the process has mounts of its own.</summary>
    internal bool HasMounts => Has(CloneFlags.CLONE_NEWNS);

    /// <summary>Whether the clone only joins, and its sibling is the container's first process.</summary>
    internal bool HandsOver { get; }

    internal bool Has(CloneFlags flag) => IsNew(flag) || _joined.Any(j => j.Flag == flag);

    /// <summary>Whether the process is the first one in such a namespace.</summary>
    internal bool IsNew(CloneFlags flag) =>
        (_new & flag) != 0 || (flag == CloneFlags.CLONE_NEWCGROUP && _newCgroup) || (flag == CloneFlags.CLONE_NEWTIME && _newTime);

    /// <summary>Joins and makes everything but the cgroup namespace. Needs the host's mounts.</summary>
    internal void Enter()
    {
        foreach (var (flag, path, _) in _joined.Where(j => !j.OwnedByUser && j.Flag != CloneFlags.CLONE_NEWUSER))
            Join(flag, path);
        foreach (var (flag, path, _) in _joined.Where(j => j.Flag == CloneFlags.CLONE_NEWUSER))
            Join(flag, path);
        foreach (var (flag, path, _) in _joined.Where(j => j.OwnedByUser && j.Flag != CloneFlags.CLONE_NEWUSER))
            Join(flag, path);
        if (HandsOver)
            _program.HandOver("fork into the namespaces", _new);
        if ((_new & CloneFlags.CLONE_NEWUSER) != 0)
            _program.Ask("map the user namespace's ids", (child, _) => IdMapping.Write(child.Pid, _linux.UidMappings, _linux.GidMappings));
        if (_newTime)
            MakeTimeNamespace();
    }

    /// <summary>
    /// Becomes the user namespace's root. What lies in directories that only the host's root may pass is opened before.
    /// </summary>
    internal void BecomeRoot(bool keepGroups)
    {
        if (!HasUser)
            return;
        // An id that is not mapped is no error: the process's own user may be one that is.
        if (!keepGroups)
            _program.Call("leave the supplementary groups", SystemCallNumber.setgroups, 0, 0).Tolerating(Errno.EPERM);
        _program.Call("become the namespace's group 0", SystemCallNumber.setresgid, 0, 0, 0).Tolerating(Errno.EINVAL);
        _program.Call("become the namespace's user 0", SystemCallNumber.setresuid, 0, 0, 0).Tolerating(Errno.EINVAL);
        // The change of the user made /proc/self root's; nobody else is in a new namespace yet.
        const int PR_SET_DUMPABLE = 4;
        _program.Call("own /proc/self", SystemCallNumber.prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    }

    internal void EnterCgroupNamespace()
    {
        if (_newCgroup)
            _program.Call("make a cgroup namespace", SystemCallNumber.unshare, (long)CloneFlags.CLONE_NEWCGROUP);
    }

    /// <summary>A new network namespace has a loopback interface, and it is down (network_namespaces(7)).</summary>
    internal void BringLoopbackUp()
    {
        if ((_new & CloneFlags.CLONE_NEWNET) == 0)
            return;
        const int AF_INET = 2, SOCK_DGRAM_CLOEXEC = 0x80002, SIOCSIFFLAGS = 0x8914, IFF_UP = 1, ifreqSize = 40;
        var socket = _program.NewSlot();
        var request = _program.Memory(ifreqSize);
        unsafe
        {
            Encoding.ASCII.GetBytes("lo", new Span<byte>((void*)request, 16));
            *(short*)(request + 16) = IFF_UP;
        }
        _program.Call("open a socket", SystemCallNumber.socket, AF_INET, SOCK_DGRAM_CLOEXEC, 0).Into(socket);
        _program.Call("bring the loopback interface up", SystemCallNumber.ioctl, socket, SIOCSIFFLAGS, request);
    }

    /// <summary>The flag of a namespace's type.</summary>
    internal static CloneFlags? FlagOf(string type) => type switch
    {
        "pid" => CloneFlags.CLONE_NEWPID,
        "network" => CloneFlags.CLONE_NEWNET,
        "mount" => CloneFlags.CLONE_NEWNS,
        "ipc" => CloneFlags.CLONE_NEWIPC,
        "uts" => CloneFlags.CLONE_NEWUTS,
        "cgroup" => CloneFlags.CLONE_NEWCGROUP,
        "user" => CloneFlags.CLONE_NEWUSER,
        "time" => CloneFlags.CLONE_NEWTIME,
        _ => null,
    };

    private static CloneFlags Flag(NamespaceSpec entry, int index) => FlagOf(entry.Type) ?? throw new ContainerException(
        ErrorReason.InvalidArgument, $"linux.namespaces[{index}].type: '{entry.Type}' is not a namespace's type.", entry.Type);

    /// <summary>Whether the namespace belongs to the user namespace that is joined as well, and so can be entered only after it.</summary>
    private static bool Check(string field, CloneFlags flag, string path, string? userPath)
    {
        try
        {
            using var file = NamespaceFile.Open(path);
            // EEXIST would be setns(2)'s own word for it only in some cases; the spec wants an error in all.
            if (file.Type is { } type && type != flag)
                throw new ContainerException(ErrorReason.InvalidArgument, $"{field}: {path} is not a namespace of this type.", path);
            if (userPath is null || flag == CloneFlags.CLONE_NEWUSER)
                return false;
            using var user = NamespaceFile.Open(userPath);
            return file.OwnerInode == user.Inode;
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"{field}: {e.Message}", path, e) { Errno = e.Errno };
        }
    }

    private void Join(CloneFlags flag, string path)
    {
        var descriptor = _program.NewSlot();
        _program.Call($"open the namespace {path}", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text(path), (long)(OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC), 0).Into(descriptor);
        _program.Call($"join the namespace {path}", SystemCallNumber.setns, descriptor, (long)flag);
    }

    /// <summary>time_namespaces(7): the offsets are set before a process is in it; setns(2) enters what unshare(2) made for children.</summary>
    private void MakeTimeNamespace()
    {
        _program.Call("make a time namespace", SystemCallNumber.unshare, (long)CloneFlags.CLONE_NEWTIME);
        if (_linux.TimeOffsets is { Count: > 0 } offsets)
        {
            var file = _program.NewSlot();
            var text = string.Concat(offsets.Select(o => $"{o.Key} {o.Value.Secs} {o.Value.Nanosecs}\n"));
            _program.Call("open /proc/self/timens_offsets", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text("/proc/self/timens_offsets"), (long)(OpenFlags.O_WRONLY | OpenFlags.O_CLOEXEC), 0).Into(file);
            _program.Call("linux.timeOffsets: set the clocks' offsets", SystemCallNumber.write, file, _program.Text(text), text.Length);
        }
        var made = _program.NewSlot();
        _program.Call("open the time namespace", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text("/proc/self/ns/time_for_children"), (long)(OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC), 0).Into(made);
        _program.Call("enter the time namespace", SystemCallNumber.setns, made, (long)CloneFlags.CLONE_NEWTIME);
    }
}
