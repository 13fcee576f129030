namespace ContainerChaos.Supervisor;

/// <summary>How a container's json-file log is rotated.</summary>
/// <param name="MaxSizeBytes">The size at which a log file is rotated; 0 means never.</param>
/// <param name="MaxFiles">How many files are kept, the current one included.</param>
/// <remarks>Docker's <c>max-size</c> and <c>max-file</c> of the json-file driver.</remarks>
public sealed record LogOptions(long MaxSizeBytes = 10 * 1024 * 1024, int MaxFiles = 3);
