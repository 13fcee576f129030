namespace ContainerChaos.Linux;

/// <summary>Whether a pidfd tells how a process ended that is not this process's child.</summary>
public enum PidFdExitInfo
{
    /// <summary>It ended and its parent has reaped it: the code is known.</summary>
    Known,

    /// <summary>It has not been reaped yet; EPOLLHUP follows when it is.</summary>
    NotYet,

    /// <summary>This kernel does not keep exit codes (before Linux 6.15).</summary>
    NotSupported,
}
