using System.Buffers.Binary;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>Paths as addresses of Unix sockets (unix(7)).</summary>
internal static unsafe class UnixAddress
{
    // sun_path holds 107 bytes and the ending zero.
    private const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000, FamilySize = 2, PathCapacity = 108;

    /// <summary>Opens a stream socket and connects it to a path, or with a leading <c>@</c> to a name of the abstract namespace.</summary>
    /// <returns>The socket's descriptor, which the caller owns.</returns>
    /// <exception cref="ErrnoException">ENOENT, ECONNREFUSED: nobody listens there.</exception>
    internal static int ConnectStream(string path)
    {
        var socket = (int)Libc.Checked("socket", null, Libc.SystemCall((nint)SystemCallNumber.socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC));
        try
        {
            With(path, (address, length) => Libc.Checked("connect", path, Libc.Retrying((nint)SystemCallNumber.connect, socket, address, length)));
            return socket;
        }
        catch
        {
            Libc.SystemCall((nint)SystemCallNumber.close, socket);
            throw;
        }
    }

    /// <summary>Calls with the address of a path; a path too long for one is reached through its directory's descriptor.</summary>
    internal static void With(string path, Func<nint, int, nint> call)
    {
        var name = Encoding.UTF8.GetBytes(path);
        var isAbstract = path.StartsWith('@');
        if (isAbstract && name.Length > PathCapacity)
            throw new ErrnoException(Errno.ENAMETOOLONG, "connect", path);
        using var directory = name.Length >= PathCapacity && !isAbstract
            ? FileDescriptor.Open(Path.GetDirectoryName(path)!, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY)
            : null;
        if (directory is not null)
            name = Encoding.UTF8.GetBytes($"/proc/self/fd/{directory.Number}/{Path.GetFileName(path)}");
        var address = stackalloc byte[FamilySize + PathCapacity];
        BinaryPrimitives.WriteInt16LittleEndian(new Span<byte>(address, FamilySize), AF_UNIX);
        new Span<byte>(address + FamilySize, PathCapacity).Clear();
        name.CopyTo(new Span<byte>(address + FamilySize, PathCapacity));
        if (isAbstract)
            address[FamilySize] = 0;
        // An abstract name is as long as it is; a path ends with a zero.
        call((nint)address, FamilySize + name.Length + (isAbstract ? 0 : 1));
    }
}
