namespace ContainerChaos.Linux;

/// <summary>What can be done with a device node, in the numbers of linux/bpf.h (BPF_DEVCG_ACC_*).</summary>
[Flags]
public enum DeviceAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Making a node of it (mknod(2)).</summary>
    MakeNode = 1,

    /// <summary>Reading.</summary>
    Read = 2,

    /// <summary>Writing.</summary>
    Write = 4,

    /// <summary>All three.</summary>
    All = MakeNode | Read | Write,
}
