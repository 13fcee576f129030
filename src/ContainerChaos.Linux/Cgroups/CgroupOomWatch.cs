namespace ContainerChaos.Linux;

/// <summary>What an event loop waits on to learn of a group that ran out of memory.</summary>
public sealed class CgroupOomWatch : IDisposable
{
    private readonly FileDescriptor? _control;

    internal CgroupOomWatch(FileDescriptor descriptor, FileDescriptor? control, bool signalsBeforeKill)
    {
        Descriptor = descriptor;
        _control = control;
        SignalsBeforeKill = signalsBeforeKill;
    }

    /// <summary>
    /// An eventfd (version 1, readable) or <c>memory.events</c> (version 2, EPOLLPRI).
    /// </summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>
    /// Version 1 tells of the shortage before the kernel picks its victim, so the counter of kills may rise a moment
    /// after the event; version 2 tells of each change of the counter.
    /// </summary>
    public bool SignalsBeforeKill { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Descriptor.Dispose();
        _control?.Dispose();
    }
}
