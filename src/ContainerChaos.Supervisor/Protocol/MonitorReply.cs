namespace ContainerChaos.Supervisor;

/// <summary>A message from a monitor. Exactly one of its parts says what it is.</summary>
internal sealed record MonitorReply
{
    /// <summary>The container's state after the request was carried out.</summary>
    public ContainerState? State { get; init; }

    /// <summary>Why it was not.</summary>
    public MonitorError? Error { get; init; }

    /// <summary>An event, to a subscriber.</summary>
    public ContainerEvent? Event { get; init; }

    /// <summary>The host's PID of an executed command that was started.</summary>
    public int? Pid { get; init; }

    /// <summary>The published port whose sockets come with this message.</summary>
    public PortMapping? Port { get; init; }

    /// <summary>The exit code of an executed command that ended.</summary>
    public int? ExitCode { get; init; }
}
