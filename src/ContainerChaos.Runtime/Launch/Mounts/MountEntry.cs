namespace ContainerChaos.Runtime;

/// <summary>One of the spec's mounts with its options sorted.</summary>
/// <param name="Index">Its place in the list, for messages.</param>
/// <param name="Spec">As the spec has it.</param>
/// <param name="Options">Its options.</param>
/// <param name="Destination">Where, an absolute path in the container without dots.</param>
internal sealed record MountEntry(int Index, MountSpec Spec, MountOptions Options, string Destination)
{
    /// <summary>An error that names the field.</summary>
    internal ContainerException Invalid(string field, string message) =>
        new(ErrorReason.InvalidArgument, $"mounts[{Index}].{field}: {message}", Destination);
}
