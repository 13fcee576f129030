using System.Text;

namespace ContainerChaos.Linux;

/// <summary>The connected stream socket below a <see cref="DBusConnection"/> (unix(7)).</summary>
internal sealed unsafe class DBusSocket : FileDescriptor
{
    private const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000, MSG_NOSIGNAL = 0x4000;

    // struct sockaddr_un: the family and 108 bytes of path.
    private const int PathOffset = 2, MaxPath = 108;

    private DBusSocket(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Connects to a path, or with a leading <c>@</c> to a name of the abstract namespace.</summary>
    internal static DBusSocket Connect(string path)
    {
        var name = Encoding.UTF8.GetBytes(path);
        if (name.Length is 0 or >= MaxPath)
            throw new ErrnoException(Errno.ENAMETOOLONG, "connect", path);
        var address = stackalloc byte[PathOffset + MaxPath];
        new Span<byte>(address, PathOffset + MaxPath).Clear();
        address[0] = AF_UNIX;
        name.CopyTo(new Span<byte>(address + PathOffset, MaxPath));
        var isAbstract = name[0] == '@';
        if (isAbstract)
            address[PathOffset] = 0;
        var socket = new DBusSocket((int)Libc.Checked("socket", null, Libc.SystemCall((nint)SystemCallNumber.socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC)));
        var length = PathOffset + name.Length + (isAbstract ? 0 : 1);
        if (Libc.Retrying((nint)SystemCallNumber.connect, socket.Number, (nint)address, length) == 0)
            return socket;
        var error = ErrnoException.Last("connect", path);
        socket.Dispose();
        throw error;
    }

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
