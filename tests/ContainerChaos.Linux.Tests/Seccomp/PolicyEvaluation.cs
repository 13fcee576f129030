namespace ContainerChaos.Linux.Tests;

/// <summary>What a policy says of a call, worked out rule by rule from the documentation of <see cref="SeccompPolicy"/>.</summary>
internal static class PolicyEvaluation
{
    public const uint X86_64 = 0xC000003E, I386 = 0x40000003, AArch64 = 0xC00000B7;

    public static uint Evaluate(SeccompPolicy policy, SeccompData call)
    {
        if (ArchitectureOf(policy, call) is not { } architecture)
            return call is { Architecture: X86_64, Number: uint.MaxValue } ? policy.DefaultAction.Value : SeccompAction.KillThread.Value;
        long newest = -1;
        SeccompAction? always = null, first = null;
        foreach (var rule in policy.Rules)
        {
            var known = SystemCallTable.TryFind(rule.Name, architecture, out var number);
            if (known)
                newest = Math.Max(newest, number);
            if (rule.Action == policy.DefaultAction)
                continue;
            var multiplexed = architecture == SeccompArchitecture.X86 ? Multiplexed(rule.Name) : null;
            var narrow = architecture is SeccompArchitecture.X86 or SeccompArchitecture.X32;
            if (known && number == call.Number)
            {
                if (rule.Conditions.Count == 0)
                    always ??= rule.Action;
                else if (rule.Conditions.All(condition => Holds(condition, call.Arguments, narrow)))
                    first ??= rule.Action;
            }
            if (multiplexed is var (carrier, selector) && carrier == call.Number && (uint)call.Arguments[0] == selector
                && rule.Conditions.Where(condition => condition.Argument != 0).All(condition => Holds(condition, call.Arguments, narrow)))
            {
                first ??= rule.Action;
            }
        }
        var denies = policy.DefaultAction.Value is < 0x7FF0_0000 or > 0x7FFF_0000;
        if (newest >= 0 && call.Number > newest && policy.NewerCallsAreUnknown && denies)
            return 0x0005_0000 | 38;
        return (always ?? first ?? policy.DefaultAction).Value;
    }

    public static bool Holds(SeccompCondition condition, ulong[] arguments, bool narrow)
    {
        var (argument, value, mask) = (arguments[condition.Argument], condition.Value, condition.Mask);
        if (narrow)
            (argument, value, mask) = ((uint)argument, (uint)value, (uint)mask);
        return condition.Comparison switch
        {
            SeccompComparison.NotEqual => argument != value,
            SeccompComparison.Less => argument < value,
            SeccompComparison.LessOrEqual => argument <= value,
            SeccompComparison.Equal => argument == value,
            SeccompComparison.GreaterOrEqual => argument >= value,
            SeccompComparison.Greater => argument > value,
            _ => (argument & mask) == (value & mask),
        };
    }

    private static SeccompArchitecture? ArchitectureOf(SeccompPolicy policy, SeccompData call) => call.Architecture switch
    {
        X86_64 when call.Number < 0x4000_0000 => SeccompArchitecture.X86_64,
        X86_64 when policy.Architectures.Contains(SeccompArchitecture.X32) => SeccompArchitecture.X32,
        I386 when policy.Architectures.Contains(SeccompArchitecture.X86) => SeccompArchitecture.X86,
        _ => null,
    };

    private static (uint Carrier, uint Selector)? Multiplexed(string name)
    {
        string[] sockets = ["socket", "bind", "connect", "listen", "accept", "getsockname", "getpeername", "socketpair", "send", "recv", "sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt", "sendmsg", "recvmsg", "accept4", "recvmmsg", "sendmmsg"];
        var socket = Array.IndexOf(sockets, name);
        if (socket >= 0)
            return (102, (uint)socket + 1);
        string?[] ipc = ["semop", "semget", "semctl", "semtimedop", null, null, null, null, null, null, "msgsnd", "msgrcv", "msgget", "msgctl", null, null, null, null, null, null, "shmat", "shmdt", "shmget", "shmctl"];
        var call = Array.IndexOf(ipc, name);
        return call >= 0 ? (117, (uint)call + 1) : null;
    }
}
