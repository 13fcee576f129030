namespace ContainerChaos.Linux;

/// <summary>A counter that wakes a poller (eventfd(2)).</summary>
public sealed class EventFd : FileDescriptor
{
    private EventFd(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Makes one, non-blocking and close-on-exec.</summary>
    public static EventFd Create()
    {
        const int EFD_CLOEXEC = 0x80000, EFD_NONBLOCK = 0x800;
        return new EventFd((int)Libc.Checked("eventfd2", null, Libc.SystemCall((nint)SystemCallNumber.eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK)));
    }

    /// <summary>Wakes the poller.</summary>
    public void Signal() => Write([1, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>Takes the wake-ups so far.</summary>
    public void Clear()
    {
        Span<byte> count = stackalloc byte[8];
        Read(count);
    }
}
