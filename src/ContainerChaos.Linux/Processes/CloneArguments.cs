namespace ContainerChaos.Linux;

/// <summary><c>struct clone_args</c> of clone3(2), as of Linux 5.7.</summary>
internal struct CloneArguments
{
    internal const ulong CLONE_PIDFD = 0x1000;
    internal const ulong CLONE_INTO_CGROUP = 0x200000000;
    internal const ulong SIGCHLD = 17;

    internal ulong Flags;
    internal ulong PidFd;
    internal ulong ChildTid;
    internal ulong ParentTid;
    internal ulong ExitSignal;
    internal ulong Stack;
    internal ulong StackSize;
    internal ulong Tls;
    internal ulong SetTid;
    internal ulong SetTidSize;
    internal ulong Cgroup;
}
