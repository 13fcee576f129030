namespace ContainerChaos.Linux;

/// <summary>The namespaces that clone(2), unshare(2) and setns(2) take as flags.</summary>
[Flags]
public enum CloneFlags : ulong
{
#pragma warning disable CS1591 // Documented in clone(2) and namespaces(7).
    None = 0,
    CLONE_NEWTIME = 0x80,
    CLONE_NEWNS = 0x20000,
    CLONE_NEWCGROUP = 0x2000000,
    CLONE_NEWUTS = 0x4000000,
    CLONE_NEWIPC = 0x8000000,
    CLONE_NEWUSER = 0x10000000,
    CLONE_NEWPID = 0x20000000,
    CLONE_NEWNET = 0x40000000,
#pragma warning restore CS1591
}
