namespace ContainerChaos.Engine;

/// <summary>Which published ports are moved to another container, and where they lead there.</summary>
public sealed record PortMoveOptions
{
    /// <summary>Ports of the host, as <c>8080</c>, <c>5353/udp</c> or <c>127.0.0.1:8080</c>; empty for all that the container has.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>The port of the other container, 1 to 65535; null for the same as before.</summary>
    public int? ContainerPort { get; init; }
}
