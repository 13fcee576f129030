using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Which of a container's namespaces are not this process's, and so have to be joined, and in which order.</summary>
/// <param name="Outer">Those that this process's own user namespace owns: joined first.</param>
/// <param name="Inner">The user namespace, and those that it owns; none when the container has no user namespace.</param>
internal readonly record struct ContainerNamespaces(CloneFlags Outer, CloneFlags Inner)
{
    private static readonly (string Name, CloneFlags Flag)[] Types =
    [
        ("mnt", CloneFlags.CLONE_NEWNS), ("pid", CloneFlags.CLONE_NEWPID), ("uts", CloneFlags.CLONE_NEWUTS), ("ipc", CloneFlags.CLONE_NEWIPC),
        ("net", CloneFlags.CLONE_NEWNET), ("cgroup", CloneFlags.CLONE_NEWCGROUP), ("time", CloneFlags.CLONE_NEWTIME),
    ];

    internal bool HasUser => Inner != CloneFlags.None;

    /// <summary>Compares the namespaces of a container's PID 1 with this process's.</summary>
    /// <exception cref="ContainerException">PermissionDenied: this user may not look; what can't be seen would not be joined.</exception>
    internal static ContainerNamespaces Of(int pid)
    {
        if (!ProcessNamespace.TryReadInode(pid, "pid", out _) && ProcessStat.TryReadStartTime(pid) is not null)
            throw new ContainerException(ErrorReason.PermissionDenied, $"The namespaces of process {pid} can't be read.", null) { Errno = Errno.EACCES, Remedy = "Run it as the user who started the container, or as root." };
        var ownUser = Differs(pid, "user", out var user);
        CloneFlags outer = CloneFlags.None, inner = ownUser ? CloneFlags.CLONE_NEWUSER : CloneFlags.None;
        foreach (var (name, flag) in Types)
        {
            if (!Differs(pid, name, out _))
                continue;
            if (ownUser && IsOwnedBy(pid, name, user))
                inner |= flag;
            else
                outer |= flag;
        }
        return new ContainerNamespaces(outer, inner);
    }

    /// <summary>Appends the steps that join them, pid namespaces for the children to come.</summary>
    /// <param name="program">The program.</param>
    /// <param name="container">A slot with a descriptor of the container's PID 1.</param>
    /// <param name="except">Those that are not joined.</param>
    internal void Join(ChildProgram program, ChildSlot container, CloneFlags except = CloneFlags.None)
    {
        if ((Outer & ~except) != CloneFlags.None)
            program.Call("join the container's namespaces", SystemCallNumber.setns, container, (long)(Outer & ~except));
        if (HasUser)
            program.Call("join the container's user namespace", SystemCallNumber.setns, container, (long)(Inner & ~except));
    }

    private static bool Differs(int pid, string name, out ulong inode) =>
        ProcessNamespace.TryReadInode(pid, name, out inode) && ProcessNamespace.TryReadInode(Environment.ProcessId, name, out var own) && own != inode;

    private static bool IsOwnedBy(int pid, string name, ulong user)
    {
        using var file = NamespaceFile.Open($"/proc/{pid}/ns/{name}");
        return file.OwnerInode == user;
    }
}
