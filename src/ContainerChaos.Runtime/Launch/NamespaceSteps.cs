using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The steps that put a container's first process into its namespaces (namespaces(7)).</summary>
internal sealed class NamespaceSteps
{
    private readonly ChildProgram _program;
    private readonly List<(CloneFlags Flag, string Path)> _joined = [];
    private readonly bool _newCgroup;

    internal NamespaceSteps(ChildProgram program, IEnumerable<NamespaceSpec> namespaces)
    {
        _program = program;
        foreach (var entry in namespaces)
        {
            var flag = entry.Type switch
            {
                "pid" => CloneFlags.CLONE_NEWPID,
                "network" => CloneFlags.CLONE_NEWNET,
                "mount" => CloneFlags.CLONE_NEWNS,
                "ipc" => CloneFlags.CLONE_NEWIPC,
                "uts" => CloneFlags.CLONE_NEWUTS,
                "cgroup" => CloneFlags.CLONE_NEWCGROUP,
                "user" or "time" => throw new ContainerException(
                    ErrorReason.NotSupported, $"linux.namespaces: {entry.Type} namespaces are not supported yet.", entry.Type),
                _ => throw new ContainerException(
                    ErrorReason.InvalidArgument, $"linux.namespaces: '{entry.Type}' is not a namespace's type.", entry.Type),
            };
            if (entry.Path is { Length: > 0 } path)
            {
                if (flag == CloneFlags.CLONE_NEWPID)
                    throw new ContainerException(ErrorReason.NotSupported, "linux.namespaces: joining a pid namespace is not supported yet.", path);
                _joined.Add((flag, path));
            }
            else if (flag == CloneFlags.CLONE_NEWCGROUP)
            {
                _newCgroup = true;
            }
            else
            {
                New |= flag;
            }
        }
        if (!Has(CloneFlags.CLONE_NEWNS))
            throw new ContainerException(ErrorReason.NotSupported, "linux.namespaces: a container needs a mount namespace of its own.");
    }

    /// <summary>The namespaces that the clone makes. The cgroup namespace is not among them: its root is the group that the process is in when it is made.</summary>
    internal CloneFlags New { get; private set; }

    internal bool Has(CloneFlags flag) => (New & flag) != 0 || _joined.Any(j => j.Flag == flag);

    internal void Join()
    {
        foreach (var (flag, path) in _joined)
        {
            var descriptor = _program.NewSlot();
            _program.Call($"open the namespace {path}", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text(path), (long)(OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC), 0).Into(descriptor);
            _program.Call($"join the namespace {path}", SystemCallNumber.setns, descriptor, (long)flag);
        }
    }

    internal void EnterCgroupNamespace()
    {
        if (_newCgroup)
            _program.Call("make a cgroup namespace", SystemCallNumber.unshare, (long)CloneFlags.CLONE_NEWCGROUP);
    }

    /// <summary>A new network namespace has a loopback interface, and it is down (network_namespaces(7)).</summary>
    internal void BringLoopbackUp()
    {
        if ((New & CloneFlags.CLONE_NEWNET) == 0)
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
}
