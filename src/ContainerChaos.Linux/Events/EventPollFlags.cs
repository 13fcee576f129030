namespace ContainerChaos.Linux;

/// <summary>What epoll(7) waits for and reports.</summary>
[Flags]
public enum EventPollFlags : uint
{
#pragma warning disable CS1591 // Documented in epoll_ctl(2).
    None = 0,
    EPOLLIN = 1,
    EPOLLPRI = 2,
    EPOLLOUT = 4,
    EPOLLERR = 8,
    EPOLLHUP = 0x10,
    EPOLLRDHUP = 0x2000,
    EPOLLET = 0x80000000,
#pragma warning restore CS1591
}
