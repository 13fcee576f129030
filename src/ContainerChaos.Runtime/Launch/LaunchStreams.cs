using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The descriptors that a new process starts with.</summary>
/// <param name="Input">Standard input, unless it gets a terminal.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record LaunchStreams(FileDescriptor Input, FileDescriptor Output, FileDescriptor Error)
{
    /// <summary>A connected Unix socket that the terminal's master is sent to; needed when the process asks for a terminal.</summary>
    public FileDescriptor? ConsoleSocket { get; init; }

    /// <summary>Where a process that waits for its start reads one byte.</summary>
    public FileDescriptor? StartGate { get; init; }

    /// <summary>Where such a process writes a <see cref="ChildReport"/> when its command can't be executed after all.</summary>
    public FileDescriptor? StartReports { get; init; }
}
