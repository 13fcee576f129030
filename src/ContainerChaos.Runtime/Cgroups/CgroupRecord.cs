namespace ContainerChaos.Runtime;

/// <summary>What the container's state keeps of its control group, so that another process finds it again.</summary>
internal sealed record CgroupRecord
{
    /// <summary>Who made it.</summary>
    public CgroupDriver Driver { get; set; }

    /// <summary>Its path below the root of each hierarchy; null when the container has none of its own.</summary>
    public string? Path { get; set; }

    /// <summary>How many of the groups above it were made with it, and go with it when they are empty.</summary>
    public int MadeAbove { get; set; }

    /// <summary>The systemd scope; null with another driver.</summary>
    public string? Unit { get; set; }
}
