namespace ContainerChaos.Engine;

/// <summary>A signal that was sent, and what the kernel does with it.</summary>
public sealed record SignalDelivery
{
    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>The signal's number.</summary>
    public required int Signal { get; init; }

    /// <summary>The signal's name, <c>SIGTERM</c>.</summary>
    public required string SignalName { get; init; }

    /// <summary>The host's PID of the process that it went to.</summary>
    public required int HostPid { get; init; }

    /// <summary>The container's PID of that process.</summary>
    public required int ContainerPid { get; init; }

    /// <summary>What the process does with it.</summary>
    public required SignalDisposition Disposition { get; init; }

    /// <summary>The same in words, with the way out when nothing will happen.</summary>
    public required string Explanation { get; init; }
}
