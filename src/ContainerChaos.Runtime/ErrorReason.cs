namespace ContainerChaos.Runtime;

/// <summary>Why an operation on a container failed: what a caller switches on instead of parsing a message.</summary>
public enum ErrorReason
{
    /// <summary>An argument, an option or a field of a specification is malformed or contradicts another.</summary>
    InvalidArgument,

    /// <summary>A container's or an image's name is not of the accepted form.</summary>
    InvalidName,

    /// <summary>The name belongs to another container.</summary>
    NameInUse,

    /// <summary>No container has that name or id.</summary>
    ContainerNotFound,

    /// <summary>No image has that reference.</summary>
    ImageNotFound,

    /// <summary>The image is used by containers that still exist.</summary>
    ImageInUse,

    /// <summary>The directory or archive is not a usable root file system.</summary>
    InvalidImage,

    /// <summary>A resource limit is below what the kernel or the runtime can start a process with.</summary>
    LimitTooLow,

    /// <summary>The command does not exist in the container (exit code 127).</summary>
    CommandNotFound,

    /// <summary>The command exists but can't be executed (exit code 126).</summary>
    CommandNotExecutable,

    /// <summary>The caller lacks a privilege that the operation needs.</summary>
    PermissionDenied,

    /// <summary>The kernel or this host lacks something that the operation needs.</summary>
    NotSupported,

    /// <summary>A file system, a quota or a log disk is full.</summary>
    DiskFull,

    /// <summary>The container's pids limit, or the host's PID table, has no room for another process.</summary>
    PidTableFull,

    /// <summary>The container is not in a state that allows the operation.</summary>
    InvalidState,

    /// <summary>The container's monitor died or does not answer.</summary>
    MonitorLost,

    /// <summary>The operation did not end in the time given.</summary>
    Timeout,

    /// <summary>The container's first process could not be started.</summary>
    StartFailed,

    /// <summary>No network has that name or id.</summary>
    NetworkNotFound,

    /// <summary>The network is used by containers that run.</summary>
    NetworkInUse,

    /// <summary>An address of a network, or a subnet, belongs to another; or all are taken.</summary>
    AddressInUse,

    /// <summary>A port of the host is taken.</summary>
    PortInUse,

    /// <summary>A registry of images can't be reached, or refuses.</summary>
    RegistryError,

    /// <summary>No volume has that name.</summary>
    VolumeNotFound,

    /// <summary>The volume is used by containers.</summary>
    VolumeInUse,

    /// <summary>A file of the data root can't be read as what it should be; the message names it.</summary>
    StoreDamaged,

    /// <summary>A file or a directory does not exist, in a container or on the host.</summary>
    PathNotFound,

    /// <summary>No fault with that id, or on that target, is in force.</summary>
    FaultNotFound,

    /// <summary>A system call failed for a reason that no other member names; see the errno.</summary>
    KernelError,
}
