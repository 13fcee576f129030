namespace ContainerChaos.Linux;

/// <summary>Flags of a filter (seccomp(2), SECCOMP_FILTER_FLAG_*).</summary>
[Flags]
public enum SeccompFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Apply it to every thread (TSYNC).</summary>
    AllThreads = 1,

    /// <summary>Log what is not allowed (LOG).</summary>
    Log = 2,

    /// <summary>Leave Speculative Store Bypass as it is (SPEC_ALLOW, Linux 4.17).</summary>
    AllowSpeculation = 4,

    /// <summary>Return a descriptor that notifications are read from (NEW_LISTENER, Linux 5.0).</summary>
    NewListener = 8,

    /// <summary>A notified call is interrupted by fatal signals only (WAIT_KILLABLE_RECV, Linux 5.19).</summary>
    WaitKillable = 32,
}
