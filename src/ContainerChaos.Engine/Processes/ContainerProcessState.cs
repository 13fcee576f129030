namespace ContainerChaos.Engine;

/// <summary>What a process is doing, as the state letter of <c>/proc/PID/stat</c> says (proc_pid_stat(5)).</summary>
public enum ContainerProcessState
{
    /// <summary>A letter that this version does not know.</summary>
    Unknown,

    /// <summary><c>R</c>: running or runnable.</summary>
    Running,

    /// <summary><c>S</c>: sleeping in an interruptible wait.</summary>
    Sleeping,

    /// <summary><c>D</c>: waiting in uninterruptible sleep, mostly for a disk. A frozen task of a v1 freezer shows this too.</summary>
    DiskSleep,

    /// <summary><c>T</c>: stopped by a signal.</summary>
    Stopped,

    /// <summary><c>t</c>: stopped by a tracer.</summary>
    Traced,

    /// <summary><c>Z</c>: dead, and not yet reaped by its parent.</summary>
    Zombie,

    /// <summary><c>X</c>: dead, about to vanish.</summary>
    Dead,

    /// <summary><c>I</c>: an idle kernel thread.</summary>
    Idle,
}
