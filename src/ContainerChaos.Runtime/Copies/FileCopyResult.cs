namespace ContainerChaos.Runtime;

/// <summary>What <see cref="FileCopy"/> has done.</summary>
/// <param name="Files">How many regular files were written.</param>
/// <param name="Bytes">How many bytes they have.</param>
/// <param name="Warnings">What was left out, a sentence each.</param>
public sealed record FileCopyResult(long Files, long Bytes, IReadOnlyList<string> Warnings);
