namespace ContainerChaos.Runtime;

/// <summary>Limits on block devices.</summary>
public sealed record BlockIOSpec
{
    /// <summary>The relative share, 10 to 1000.</summary>
    public ushort? Weight { get; init; }

    /// <summary>The share of its own processes against the groups below.</summary>
    public ushort? LeafWeight { get; init; }

    /// <summary>Shares by device.</summary>
    public IReadOnlyList<WeightDeviceSpec> WeightDevice { get; set => field = value ?? []; } = [];

    /// <summary>Bytes read a second, by device.</summary>
    public IReadOnlyList<ThrottleDeviceSpec> ThrottleReadBpsDevice { get; set => field = value ?? []; } = [];

    /// <summary>Bytes written a second, by device.</summary>
    public IReadOnlyList<ThrottleDeviceSpec> ThrottleWriteBpsDevice { get; set => field = value ?? []; } = [];

    /// <summary>Reads a second, by device.</summary>
    public IReadOnlyList<ThrottleDeviceSpec> ThrottleReadIOPSDevice { get; set => field = value ?? []; } = [];

    /// <summary>Writes a second, by device.</summary>
    public IReadOnlyList<ThrottleDeviceSpec> ThrottleWriteIOPSDevice { get; set => field = value ?? []; } = [];
}
