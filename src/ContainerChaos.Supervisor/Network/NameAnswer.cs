namespace ContainerChaos.Supervisor;

/// <summary>What a container's networks know of a name.</summary>
/// <param name="Records">The records of the type that was asked for; none when the name has records of other types only.</param>
internal sealed record NameAnswer(IReadOnlyList<(ushort Type, byte[] Data)> Records);
