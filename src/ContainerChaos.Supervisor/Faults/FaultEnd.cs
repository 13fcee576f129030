namespace ContainerChaos.Supervisor;

/// <summary>Why a fault ended.</summary>
public enum FaultEnd
{
    /// <summary>It was undone on request.</summary>
    Undone,

    /// <summary>Its time was over.</summary>
    Deadline,

    /// <summary>The process that wanted it ended.</summary>
    OwnerEnded,

    /// <summary>The first process of its target ended.</summary>
    TargetEnded,

    /// <summary>Its load ended by itself, or was ended: by the OOM killer, for one.</summary>
    LoadEnded,

    /// <summary>A stop condition held.</summary>
    StopCondition,

    /// <summary>Its watchdog was killed; somebody else undid it.</summary>
    WatchdogLost,
}
