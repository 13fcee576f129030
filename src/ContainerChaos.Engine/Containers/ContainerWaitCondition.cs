namespace ContainerChaos.Engine;

/// <summary>What is waited for; the first three are those of <c>docker wait</c>'s condition.</summary>
public enum ContainerWaitCondition
{
    /// <summary>It is finally down: neither running nor about to be restarted by its policy. True at once of one that never ran.</summary>
    NotRunning,

    /// <summary>PID 1 ends the next time, whether or not the policy starts another one.</summary>
    NextExit,

    /// <summary>It has been removed.</summary>
    Removed,

    /// <summary>Its health check finds it healthy, as with podman.</summary>
    Healthy,
}
