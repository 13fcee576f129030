namespace ContainerChaos.Engine;

/// <summary>Containers and machines that an entry of a profile is for, or not for.</summary>
internal sealed record SeccompProfileFilter
{
    /// <summary>Capabilities in the container's bounding set: all of them to include it, any to exclude it.</summary>
    public IReadOnlyList<string>? Caps { get; set; }

    /// <summary>Machines, as Go names them.</summary>
    public IReadOnlyList<string>? Arches { get; set; }

    /// <summary>The oldest kernel.</summary>
    public string? MinKernel { get; set; }
}
