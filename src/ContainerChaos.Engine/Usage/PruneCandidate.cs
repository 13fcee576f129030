namespace ContainerChaos.Engine;

/// <summary>Something that a clearing would remove.</summary>
/// <param name="Type">Container, Network, Volume or Image.</param>
/// <param name="Name">Its name or reference.</param>
/// <param name="Id">The id, or the volume's name.</param>
/// <param name="SizeBytes">What its removal frees, in bytes.</param>
public sealed record PruneCandidate(string Type, string Name, string Id, long SizeBytes);
