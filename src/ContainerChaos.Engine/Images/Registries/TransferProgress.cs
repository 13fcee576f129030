namespace ContainerChaos.Engine;

/// <summary>How far a blob is on its way to or from a registry.</summary>
/// <param name="Digest">The blob's digest.</param>
/// <param name="Step">What is being done with it.</param>
/// <param name="Bytes">How much of it has been moved.</param>
/// <param name="Total">Its size.</param>
public sealed record TransferProgress(string Digest, TransferStep Step, long Bytes, long Total);
