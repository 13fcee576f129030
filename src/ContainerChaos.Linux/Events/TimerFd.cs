namespace ContainerChaos.Linux;

/// <summary>A one-shot timer that wakes a poller (timerfd_create(2), CLOCK_MONOTONIC).</summary>
public sealed unsafe class TimerFd : FileDescriptor
{
    private TimerFd(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Makes a timer that is not running.</summary>
    public static TimerFd Create()
    {
        const int CLOCK_MONOTONIC = 1, TFD_CLOEXEC = 0x80000, TFD_NONBLOCK = 0x800;
        return new TimerFd((int)Libc.Checked("timerfd_create", null, Libc.SystemCall((nint)SystemCallNumber.timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)));
    }

    /// <summary>Lets it fire once, <paramref name="delay"/> from now; zero fires at once.</summary>
    public void Arm(TimeSpan delay) => Set(Math.Max(1, (long)(delay.TotalMilliseconds * 1e6)));

    /// <summary>Stops it.</summary>
    public void Disarm() => Set(0);

    /// <summary>Takes the expiry, so that a poller sees the timer as quiet again.</summary>
    public void Clear()
    {
        Span<byte> expirations = stackalloc byte[8];
        Read(expirations);
    }

    private void Set(long nanoseconds)
    {
        // struct itimerspec: interval, then value, each seconds and nanoseconds.
        var value = stackalloc long[4];
        value[0] = value[1] = 0;
        value[2] = nanoseconds / 1_000_000_000;
        value[3] = nanoseconds % 1_000_000_000;
        Libc.Checked("timerfd_settime", null, Libc.SystemCall((nint)SystemCallNumber.timerfd_settime, Number, 0, (nint)value, 0));
    }
}
