namespace ContainerChaos.Engine;

/// <summary>One difference between a container's files and its image's.</summary>
/// <param name="Container">The container's name.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Path">The path in the container.</param>
public sealed record ContainerChange(string Container, ContainerChangeKind Kind, string Path)
{
    /// <summary>As <c>docker diff</c> prints it: <c>A /made</c>.</summary>
    public override string ToString() => $"{Kind.ToString()[0]} {Path}";
}
