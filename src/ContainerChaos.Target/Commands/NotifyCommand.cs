using System.Text;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary><c>target notify FIELD...</c>: one message to the service manager (sd_notify(3)), a field a line.</summary>
internal static unsafe class NotifyCommand
{
    private const int MaximumPath = 107;

    public static int Run(string[] arguments)
    {
        if (arguments.Length == 0) throw new UsageException("notify takes fields: READY=1");
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path)
        {
            Output.Error("notify: NOTIFY_SOCKET is not set");
            return 1;
        }

        // struct sockaddr_un (unix(7)); a leading @ is a name of the abstract namespace.
        Span<byte> address = stackalloc byte[MaximumPath + 3];
        address.Clear();
        address[0] = Libc.AF_UNIX;
        if (!Encoding.UTF8.TryGetBytes(path, address.Slice(2, MaximumPath), out int length))
            throw new NativeException($"the socket path {path} is longer than {MaximumPath} bytes", Errno.ENAMETOOLONG);
        bool isAbstract = path[0] == '@';
        if (isAbstract) address[2] = 0;

        int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0) throw new NativeException("socket", Libc.Errno);
        fixed (byte* place = address)
        {
            if (Libc.connect(fd, place, (uint)(length + (isAbstract ? 2 : 3))) != 0) throw new NativeException("notify " + path, Libc.Errno);
        }

        byte[] message = Encoding.UTF8.GetBytes(string.Join('\n', arguments));
        fixed (byte* text = message)
        {
            if (Libc.send(fd, text, (nuint)message.Length, Libc.MSG_NOSIGNAL) < 0) throw new NativeException("notify " + path, Libc.Errno);
        }

        Libc.close(fd);
        return 0;
    }
}
