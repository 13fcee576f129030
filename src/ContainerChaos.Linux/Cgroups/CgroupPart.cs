namespace ContainerChaos.Linux;

/// <summary>One of the directories that a group consists of.</summary>
/// <param name="Root">Where its hierarchy is mounted.</param>
/// <param name="Directory">The group's directory.</param>
/// <param name="Controllers">The controllers that are managed there.</param>
/// <param name="IsUnified">Whether the hierarchy is version 2.</param>
internal sealed record CgroupPart(string Root, string Directory, IReadOnlyList<string> Controllers, bool IsUnified);
