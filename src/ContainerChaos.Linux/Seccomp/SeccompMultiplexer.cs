namespace ContainerChaos.Linux;

/// <summary>
/// The calls that i386 reaches through socketcall(2) and ipc(2) as well: a rule for one of them has to hold there too, where the
/// first argument says which one is meant. The call's own arguments are behind a pointer, which no
/// filter follows, so a comparison of the first is dropped (as libseccomp does).
/// </summary>
internal static class SeccompMultiplexer
{
    private const uint socketcall = 102, ipc = 117;

    /// <summary>Whether a call is reached that way.</summary>
    internal static bool IsMultiplexed(string name) => Find(name).Number != 0;

    /// <summary>The rule for the multiplexing call, or null when the call has none.</summary>
    /// <param name="rule">A rule.</param>
    /// <param name="order">Its place among all.</param>
    internal static SeccompCall? Rewrite(SeccompRule rule, int order)
    {
        var (number, selector) = Find(rule.Name);
        if (number == 0)
            return null;
        SeccompCondition[] conditions =
        [
            new(0, SeccompComparison.Equal, selector),
            .. rule.Conditions.Where(condition => condition.Argument != 0),
        ];
        return new SeccompCall(number, order, rule.Action, conditions, IsNarrow: true);
    }

    /// <summary>linux/net.h, SYS_*; linux/ipc.h.</summary>
    private static (uint Number, uint Selector) Find(string name) => name switch
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
