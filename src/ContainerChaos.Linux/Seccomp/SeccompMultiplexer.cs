namespace ContainerChaos.Linux;

/// <summary>
/// The calls that i386 reaches through socketcall(2) and ipc(2) as well: a rule for one of them has to hold there too, where the
/// first argument says which one is meant. The call's own arguments are behind a pointer, which no
/// filter follows, so a comparison of the first is dropped (as libseccomp does).
/// </summary>
internal static class SeccompMultiplexer
{
    private const uint socketcall = 102, ipc = 117;

    /// <summary>A rule's conditions where it holds for the multiplexing call.</summary>
    internal static SeccompCondition[] Rewrite(SeccompRule rule) =>
        [new(0, SeccompComparison.Equal, Find(rule.Name).Selector), .. rule.Conditions.Where(condition => condition.Argument != 0)];

    /// <summary>The call that multiplexes another (0 for none), and what its first argument is for that (linux/net.h, SYS_*; linux/ipc.h).</summary>
    internal static (uint Number, uint Selector) Find(string name) => name switch
    {
        "socket" => (socketcall, 1),
        "bind" => (socketcall, 2),
        "connect" => (socketcall, 3),
        "listen" => (socketcall, 4),
        "accept" => (socketcall, 5),
        "getsockname" => (socketcall, 6),
        "getpeername" => (socketcall, 7),
        "socketpair" => (socketcall, 8),
        "send" => (socketcall, 9),
        "recv" => (socketcall, 10),
        "sendto" => (socketcall, 11),
        "recvfrom" => (socketcall, 12),
        "shutdown" => (socketcall, 13),
        "setsockopt" => (socketcall, 14),
        "getsockopt" => (socketcall, 15),
        "sendmsg" => (socketcall, 16),
        "recvmsg" => (socketcall, 17),
        "accept4" => (socketcall, 18),
        "recvmmsg" => (socketcall, 19),
        "sendmmsg" => (socketcall, 20),
        "semop" => (ipc, 1),
        "semget" => (ipc, 2),
        "semctl" => (ipc, 3),
        "semtimedop" => (ipc, 4),
        "msgsnd" => (ipc, 11),
        "msgrcv" => (ipc, 12),
        "msgget" => (ipc, 13),
        "msgctl" => (ipc, 14),
        "shmat" => (ipc, 21),
        "shmdt" => (ipc, 22),
        "shmget" => (ipc, 23),
        "shmctl" => (ipc, 24),
        _ => default,
    };
}
