namespace ContainerChaos.Linux;

/// <summary>The connected stream socket below a <see cref="DBusConnection"/> (unix(7)).</summary>
internal sealed unsafe class DBusSocket : FileDescriptor
{
    private const int MSG_NOSIGNAL = 0x4000;

    private DBusSocket(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Connects to a path, or with a leading <c>@</c> to a name of the abstract namespace.</summary>
    internal static DBusSocket Connect(string path) => new(UnixAddress.ConnectStream(path));

    internal void WriteAll(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            for (var sent = 0; sent < data.Length;)
                sent += (int)Libc.Checked("sendto", null, Libc.Retrying((nint)SystemCallNumber.sendto, Number, (nint)(start + sent), data.Length - sent, MSG_NOSIGNAL));
        }
    }

    /// <summary>Fills a buffer.</summary>
    /// <exception cref="ErrnoException">ETIMEDOUT: nothing came for so long; ECONNRESET: the peer hung up.</exception>
    internal void ReadExactly(Span<byte> buffer, TimeSpan patience)
    {
        using var poll = new EventPoll();
        poll.Add(this, EventPollFlags.EPOLLIN, 0);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var filled = 0; filled < buffer.Length;)
        {
            var left = patience - System.Diagnostics.Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw new ErrnoException(Errno.ETIMEDOUT, "recv", "(no answer over D-Bus)");
            if (poll.Wait(left, static (_, _) => { }) == 0)
                continue;
            var count = Read(buffer[filled..]);
            if (count == 0)
                throw new ErrnoException(Errno.ECONNRESET, "recv", "(the D-Bus peer hung up)");
            filled += count;
        }
    }
}
