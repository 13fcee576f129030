namespace ContainerChaos.Supervisor;

/// <summary>One step of a fault, or of its undo: plain data, so that whoever reads the file can do it.</summary>
public sealed record FaultStep
{
    /// <summary>What is done.</summary>
    public required FaultOperation Operation { get; init; }

    /// <summary>The file, the directory or the control group.</summary>
    public string? Path { get; init; }

    /// <summary>What is written.</summary>
    public string? Value { get; init; }

    /// <summary>The process.</summary>
    public int Pid { get; init; }

    /// <summary>Its start time: another process with its number is never touched.</summary>
    public ulong PidStartTime { get; init; }

    /// <summary>The signal, the resource, the nice value or the count; with a write, the errno that is no failure.</summary>
    public int Number { get; init; }

    /// <summary>The soft limit.</summary>
    public ulong Soft { get; init; }

    /// <summary>The hard limit.</summary>
    public ulong Hard { get; init; }

    /// <summary>A size in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Where in the file.</summary>
    public long Offset { get; init; }

    /// <summary>The inode of the file, or of the network namespace: another under its name is never touched.</summary>
    public ulong Inode { get; init; }

    /// <summary>What is put there: bytes in Base64.</summary>
    public string? Data { get; init; }

    /// <summary>What must be there: bytes in Base64.</summary>
    public string? Expected { get; init; }

    /// <summary>The directory of a container of ours.</summary>
    public string? Container { get; init; }

    /// <summary>How a bad network is emulated.</summary>
    public ContainerChaos.Linux.NetworkEmulation? Emulation { get; init; }

    /// <summary>The rules of a packet filter.</summary>
    public IReadOnlyList<PacketFilter>? Filters { get; init; }

    /// <summary>What happens to intercepted calls.</summary>
    public CallRule? Rule { get; init; }

    /// <summary>A container's clocks.</summary>
    public ClockOffsets? Clocks { get; init; }

    /// <summary>Writes a value to a file.</summary>
    public static FaultStep Write(string path, string value) => new() { Operation = FaultOperation.Write, Path = path, Value = value };

    /// <summary>Sends a signal to a process.</summary>
    public static FaultStep Signal(int pid, ulong startTime, int signal) =>
        new() { Operation = FaultOperation.Signal, Pid = pid, PidStartTime = startTime, Number = signal };
}
