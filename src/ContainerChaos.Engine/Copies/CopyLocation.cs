namespace ContainerChaos.Engine;

/// <summary>A file or a directory in a container or on the host.</summary>
/// <param name="Container">The container's name or id; null for the host.</param>
/// <param name="Path">The path. In a container it begins at the container's root, and that of a source may end in a pattern with <c>*</c> and <c>?</c>.</param>
public sealed record CopyLocation(string? Container, string Path)
{
    /// <inheritdoc/>
    public override string ToString() => Container is null ? Path : $"{Container}:{Path}";
}
