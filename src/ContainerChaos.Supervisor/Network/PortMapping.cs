namespace ContainerChaos.Supervisor;

/// <summary>A port of the host that leads to one of a container.</summary>
/// <param name="HostAddress">The host's address that it is published on; null for all.</param>
/// <param name="HostPort">The host's port; 0 for one that is free at the start.</param>
/// <param name="ContainerPort">The container's port.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
public sealed record PortMapping(string? HostAddress, int HostPort, int ContainerPort, string Protocol)
{
    /// <summary>As Docker's <c>-p</c> writes it.</summary>
    public override string ToString()
    {
        var address = HostAddress is null ? "" : HostAddress.Contains(':', StringComparison.Ordinal) ? $"[{HostAddress}]:" : HostAddress + ":";
        return $"{address}{(HostPort == 0 ? "" : HostPort)}:{ContainerPort}/{Protocol}";
    }
}
