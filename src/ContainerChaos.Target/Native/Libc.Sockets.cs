using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

internal static unsafe partial class Libc
{
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int SOCK_STREAM = 1;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1;
    public const int SO_REUSEADDR = 2;
    public const int IPPROTO_TCP = 6;
    public const int TCP_NODELAY = 1;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int SHUT_WR = 1;
    public const uint EPOLLIN = 1;
    public const uint EPOLLOUT = 4;
    public const uint EPOLLERR = 8;
    public const uint EPOLLHUP = 0x10;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;
    public const int EPOLL_CLOEXEC = 0x80000;

    [DllImport(Library), SuppressGCTransition]
    public static extern int socket(int family, int type, int protocol);

    [DllImport(Library), SuppressGCTransition]
    public static extern int bind(int fd, void* address, uint length);

    [DllImport(Library), SuppressGCTransition]
    public static extern int listen(int fd, int backlog);

    [DllImport(Library)]
    public static extern int connect(int fd, void* address, uint length);

    [DllImport(Library), SuppressGCTransition]
    public static extern int accept4(int fd, void* address, uint* length, int flags);

    [DllImport(Library), SuppressGCTransition]
    public static extern int getsockname(int fd, void* address, uint* length);

    [DllImport(Library), SuppressGCTransition]
    public static extern int setsockopt(int fd, int level, int option, void* value, uint length);

    [DllImport(Library), SuppressGCTransition]
    public static extern nint recv(int fd, byte* buffer, nuint length, int flags);

    [DllImport(Library), SuppressGCTransition]
    public static extern int shutdown(int fd, int how);

    [DllImport(Library), SuppressGCTransition]
    public static extern nint send(int fd, byte* buffer, nuint length, int flags);

    [DllImport(Library), SuppressGCTransition]
    public static extern int epoll_create1(int flags);

    [DllImport(Library), SuppressGCTransition]
    public static extern int epoll_ctl(int epoll, int operation, int fd, EpollEvent* change);

    [DllImport(Library)]
    public static extern int epoll_pwait(int epoll, EpollEvent* events, int capacity, int timeoutMilliseconds, SignalSet* mask);
}
