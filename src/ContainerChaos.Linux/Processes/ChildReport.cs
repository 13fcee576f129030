using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>What a child reports after it announced itself (<see cref="ChildProgram.Announce"/>), read by another process.</summary>
/// <param name="Errno">Why the step failed. Before the announcement's parent is gone, the step itself is known as well.</param>
public sealed record ChildReport(Errno Errno)
{
    /// <summary>Waits until the other end is closed, which the execve(2) does, or a failure is reported.</summary>
    /// <returns>Null when the command runs.</returns>
    public static ChildReport? Read(FileDescriptor reports)
    {
        Span<byte> message = stackalloc byte[ChildProgram.ReportSize];
        return reports.ReadFully(message) == message.Length ? new ChildReport((Errno)MemoryMarshal.Read<int>(message[4..])) : null;
    }
}
