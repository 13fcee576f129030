using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>A message to a monitor; one of SOCK_SEQPACKET each, as JSON.</summary>
internal sealed record MonitorRequest
{
    /// <summary>The bytes that a message has at most, its answer too.</summary>
    internal const int MaximumLength = 256 * 1024;

    /// <summary>state, stop, restart, kill, pause, unpause, wait, subscribe, exec, attach, resize, keep, connect, disconnect, offer-port, take-port, yield-port or change.</summary>
    public required string Op { get; init; }

    /// <summary>The grace period of stop and restart in milliseconds; null for the container's own.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>The signal of kill.</summary>
    public int? Signal { get; init; }

    /// <summary>Whether kill is answered when the container is down, and not at once.</summary>
    public bool Wait { get; init; }

    /// <summary>The command of exec; its three standard streams come with the message.</summary>
    public ProcessSpec? Process { get; init; }

    /// <summary>Whether attach gives the container its input; the streams come with the message.</summary>
    public bool Input { get; init; }

    /// <summary>The size of the terminal for resize.</summary>
    public TerminalSize? Size { get; init; }

    /// <summary>What connect connects to.</summary>
    public EndpointSettings? Endpoint { get; init; }

    /// <summary>The id of the network that disconnect is about.</summary>
    public string? NetworkId { get; init; }

    /// <summary>The published port that is moved; with take-port its sockets come with the message, unless it has none yet.</summary>
    public PortMapping? Port { get; init; }

    /// <summary>What the container shall be, of change: its name, its limits and its restart policy may differ from what they are.</summary>
    public ContainerDefinition? Definition { get; init; }
}
