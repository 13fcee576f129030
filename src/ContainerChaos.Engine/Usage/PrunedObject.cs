namespace ContainerChaos.Engine;

/// <summary>Something that a clearing has removed.</summary>
/// <param name="Type">Container, Network, Volume or Image.</param>
/// <param name="Name">Its name or reference.</param>
/// <param name="Id">The id, or the volume's name.</param>
/// <param name="FreedBytes">What is free now, in bytes.</param>
public sealed record PrunedObject(string Type, string Name, string Id, long FreedBytes);
