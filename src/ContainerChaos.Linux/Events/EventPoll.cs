using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A set of descriptors that is waited on together (epoll(7), level-triggered).</summary>
public sealed unsafe class EventPoll : FileDescriptor
{
    private const int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;

    /// <summary>Makes an empty set.</summary>
    public EventPoll()
        : base((int)Libc.Checked("epoll_create1", null, Libc.SystemCall((nint)SystemCallNumber.epoll_create1, (nint)OpenFlags.O_CLOEXEC)))
    {
    }

    /// <summary>Adds a descriptor; <paramref name="key"/> comes back with its events.</summary>
    public void Add(FileDescriptor descriptor, EventPollFlags events, long key) => Control(EPOLL_CTL_ADD, descriptor, events, key);

    /// <summary>Changes what is waited for.</summary>
    public void Modify(FileDescriptor descriptor, EventPollFlags events, long key) => Control(EPOLL_CTL_MOD, descriptor, events, key);

    /// <summary>Takes a descriptor out; do so before it is closed.</summary>
    public void Remove(FileDescriptor descriptor) => Control(EPOLL_CTL_DEL, descriptor, EventPollFlags.None, 0);

    /// <summary>Waits until a descriptor is ready.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="handler">Called with the key and the events of each ready descriptor.</param>
    /// <returns>How many were ready: 0 when the time was up or a signal came.</returns>
    public int Wait(TimeSpan timeout, Action<long, EventPollFlags> handler)
    {
        // struct epoll_event is packed on x86-64: events in 4 bytes, then the key in 8.
        const int capacity = 16, size = 12;
        var events = stackalloc byte[capacity * size];
        var milliseconds = timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(timeout.TotalMilliseconds));
        var count = (int)Libc.SystemCall((nint)SystemCallNumber.epoll_pwait, Number, (nint)events, capacity, milliseconds);
        if (count == -1)
            return (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR ? 0 : throw ErrnoException.Last("epoll_wait");
        for (var i = 0; i < count; i++)
        {
            var entry = new ReadOnlySpan<byte>(events + (i * size), size);
            handler(BinaryPrimitives.ReadInt64LittleEndian(entry[4..]), (EventPollFlags)BinaryPrimitives.ReadUInt32LittleEndian(entry));
        }
        return count;
    }

    /// <summary>Waits until a descriptor is ready, or a token is cancelled.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="events">What it is to be ready for.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void WaitFor(FileDescriptor descriptor, EventPollFlags events, CancellationToken cancellationToken)
    {
        const long ready = 1, cancelled = 2;
        using var cancel = EventFd.Create();
        using var registration = cancellationToken.UnsafeRegister(static wake => ((EventFd)wake!).Signal(), cancel);
        using var poll = new EventPoll();
        poll.Add(descriptor, events, ready);
        poll.Add(cancel, EventPollFlags.EPOLLIN, cancelled);
        var isReady = false;
        while (!isReady)
        {
            poll.Wait(Timeout.InfiniteTimeSpan, (key, _) => isReady |= key == ready);
            if (!isReady)
                cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Control(int operation, FileDescriptor descriptor, EventPollFlags events, long key)
    {
        Span<byte> entry = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)events);
        BinaryPrimitives.WriteInt64LittleEndian(entry[4..], key);
        fixed (byte* data = entry)
            Libc.Checked("epoll_ctl", null, Libc.SystemCall((nint)SystemCallNumber.epoll_ctl, Number, operation, descriptor.Number, (nint)data));
    }
}
