namespace ContainerChaos.Runtime;

/// <summary>A network interface of the host that the container gets (runtime-spec, config-linux: Network Devices).</summary>
public sealed record NetDeviceSpec
{
    /// <summary>What it is called in the container; null keeps its name.</summary>
    public string? Name { get; init; }
}
