namespace ContainerChaos.Supervisor;

/// <summary>Which of the ports that a container was made with is the one that it has.</summary>
public static class PortMoves
{
    /// <summary>The ports without one of them: itself, or the one that asked for any port of the host and got it.</summary>
    public static IEnumerable<PortMapping> Without(IReadOnlyList<PortMapping> ports, PortMapping port)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(port);
        var gone = ports.FirstOrDefault(asked => asked == port) ?? ports.FirstOrDefault(asked => asked == port with { HostPort = 0 });
        return ports.Where(asked => !ReferenceEquals(asked, gone));
    }
}
