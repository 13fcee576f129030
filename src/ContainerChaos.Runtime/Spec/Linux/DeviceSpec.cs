namespace ContainerChaos.Runtime;

/// <summary>A device node in the container (runtime-spec, config-linux: Devices).</summary>
public sealed record DeviceSpec
{
    /// <summary>c or u (character), b (block) or p (FIFO).</summary>
    public string Type { get; set => field = value ?? ""; } = "";

    /// <summary>Where, an absolute path in the container.</summary>
    public string Path { get; set => field = value ?? ""; } = "";

    /// <summary>The major number; needed unless it is a FIFO.</summary>
    public long Major { get; init; }

    /// <summary>The minor number; needed unless it is a FIFO.</summary>
    public long Minor { get; init; }

    /// <summary>Its permissions.</summary>
    public uint? FileMode { get; init; }

    /// <summary>Its owner.</summary>
    public uint? Uid { get; init; }

    /// <summary>Its group.</summary>
    public uint? Gid { get; init; }
}
