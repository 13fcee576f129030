using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Http;

/// <summary>Where to listen or connect: a TCP port on every IPv4 address, or the path of a Unix socket.</summary>
internal sealed unsafe class Endpoint
{
    private Endpoint(int port, string? path)
    {
        Port = port;
        Path = path;
    }

    /// <summary>The port; 0 lets the kernel choose.</summary>
    public int Port { get; private set; }

    /// <summary>The socket's path; null for TCP.</summary>
    public string? Path { get; }

    public static Endpoint Tcp(int port) => new(port, null);

    public static Endpoint Unix(string path) => new(0, path);

    public override string ToString() => Path is null ? $"http://0.0.0.0:{Port}" : $"unix:{Path}";

    /// <summary>Opens a listening, non-blocking socket.</summary>
    /// <exception cref="NativeException">The address cannot be had; the message names it.</exception>
    public int Listen()
    {
        int fd = Socket(Libc.SOCK_NONBLOCK);
        byte* address = stackalloc byte[128];
        uint length = Address(address, 0);
        if (Path is not null) RemoveStale(address, length);
        int one = 1;
        Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, &one, sizeof(int));
        if (Libc.bind(fd, address, length) != 0 || Libc.listen(fd, 4096) != 0) throw new NativeException($"listen on {this}", Libc.Errno);
        if (Path is null)
        {
            Libc.getsockname(fd, address, &length);
            Port = address[2] << 8 | address[3];
        }

        return fd;
    }

    /// <summary>Connects, blocking; for TCP to 127.0.0.1.</summary>
    /// <exception cref="NativeException">Nobody listens there.</exception>
    public int Connect()
    {
        int fd = Socket(0);
        byte* address = stackalloc byte[128];
        if (Libc.connect(fd, address, Address(address, 0x7f000001)) == 0) return fd;
        int error = Libc.Errno;
        Libc.close(fd);
        throw new NativeException($"connect to {this}", error);
    }

    /// <summary>Removes the socket's file after an orderly end.</summary>
    public void Remove()
    {
        if (Path is null) return;
        using var path = new NativeString(Path);
        Libc.unlinkat(Libc.AT_FDCWD, path, 0);
    }

    private int Socket(int flags)
    {
        int fd = Libc.socket(Path is null ? Libc.AF_INET : Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | flags, 0);
        return fd >= 0 ? fd : throw new NativeException("socket", Libc.Errno);
    }

    // struct sockaddr_in (ip(7)) or sockaddr_un (unix(7)).
    private uint Address(byte* address, uint host)
    {
        var span = new Span<byte>(address, 128);
        span.Clear();
        if (Path is null)
        {
            span[0] = Libc.AF_INET;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)Port);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(span[4..], host);
            return 16;
        }

        const int MaximumPath = 107;
        span[0] = Libc.AF_UNIX;
        if (!System.Text.Encoding.UTF8.TryGetBytes(Path, span.Slice(2, MaximumPath), out int length))
            throw new NativeException($"the socket path {Path} is longer than {MaximumPath} bytes", Errno.ENAMETOOLONG);
        return (uint)length + 3;
    }

    // A server that was killed leaves its socket file, and bind(2) would fail for ever after. A live server's is left alone.
    private void RemoveStale(byte* address, uint length)
    {
        int probe = Socket(0);
        bool isStale = Libc.connect(probe, address, length) != 0 && Libc.Errno == Errno.ECONNREFUSED;
        Libc.close(probe);
        if (isStale) Remove();
    }
}
