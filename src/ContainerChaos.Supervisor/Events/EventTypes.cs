namespace ContainerChaos.Supervisor;

/// <summary>What events happen to, and Docker's verbs for them.</summary>
public static class EventTypes
{
    /// <summary>The type of what happens to containers.</summary>
    public const string Container = "container";

    /// <summary>The type of what happens to images: pull, push, import, load, save, tag, untag, delete.</summary>
    public const string Image = "image";

    /// <summary>The type of what happens to volumes: create, mount, unmount, destroy.</summary>
    public const string Volume = "volume";

    /// <summary>The type of what happens to networks: create, connect, disconnect, destroy.</summary>
    public const string Network = "network";

    /// <summary>A container that has the volume was started (<c>container</c>, <c>destination</c>, <c>read/write</c>).</summary>
    public const string Mount = "mount";

    /// <summary>A container that has the volume ended (<c>container</c>).</summary>
    public const string Unmount = "unmount";

    /// <summary>The container was made (<c>image</c>).</summary>
    public const string Create = "create";

    /// <summary>The container was removed (<c>image</c>).</summary>
    public const string Destroy = "destroy";

    /// <summary>PID 1 was started (<c>pid</c>, <c>restartCount</c>).</summary>
    public const string Start = "start";

    /// <summary>PID 1 ended (<c>exitCode</c>, <c>oomKilled</c>).</summary>
    public const string Die = "die";

    /// <summary>The OOM killer ended a process of the container (<c>count</c>: how many since the last such event).</summary>
    public const string Oom = "oom";

    /// <summary>Whoever answered the container's intercepted calls was killed with its spare; PID 1 is ended.</summary>
    public const string FaultPointsLost = "fault_points_lost";

    /// <summary>An operator sent a signal (<c>signal</c>).</summary>
    public const string Kill = "kill";

    /// <summary>An operator's stop completed.</summary>
    public const string Stop = "stop";

    /// <summary>Every process was frozen.</summary>
    public const string Pause = "pause";

    /// <summary>Every process was thawed.</summary>
    public const string Unpause = "unpause";

    /// <summary>An operator's restart completed.</summary>
    public const string Restart = "restart";

    /// <summary>The restart policy fired and waits (<c>delayMs</c>, <c>restartCount</c>).</summary>
    public const string BackOff = "backoff";

    /// <summary>A command was started inside (<c>pid</c>).</summary>
    public const string ExecStart = "exec_start";

    /// <summary>A command that was started inside ended (<c>pid</c>, <c>exitCode</c>).</summary>
    public const string ExecDie = "exec_die";

    /// <summary>A container came into the network, by its start or while it runs (<c>container</c>, <c>containerName</c>).</summary>
    public const string Connect = "connect";

    /// <summary>A container left the network, by its end or while it runs (<c>container</c>, <c>containerName</c>).</summary>
    public const string Disconnect = "disconnect";

    /// <summary>The running container was given a published port that another had (<c>port</c>).</summary>
    public const string Publish = "publish";

    /// <summary>A published port of the running container was given to another (<c>port</c>).</summary>
    public const string Unpublish = "unpublish";

    /// <summary>Its limits or its restart policy were changed.</summary>
    public const string Update = "update";

    /// <summary>It got another name (<c>oldName</c>).</summary>
    public const string Rename = "rename";

    /// <summary>A new monitor took over a container whose monitor had died (<c>pid</c>).</summary>
    public const string Adopt = "adopt";

    /// <summary>The container's health is another than before (<c>status</c>: healthy or unhealthy).</summary>
    public const string HealthStatus = "health_status";
}
