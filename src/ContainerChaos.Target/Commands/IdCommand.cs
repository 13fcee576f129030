using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary><c>target id</c>: user, groups, capabilities, no-new-privileges and seccomp, asked of the kernel directly, so it needs no /proc.</summary>
internal static unsafe class IdCommand
{
    private const uint CapabilityVersion3 = 0x20080522;
    private const int HighestCapability = 63;

    public static int Run()
    {
        const int MaximumGroups = 64;
        uint* groups = stackalloc uint[MaximumGroups];
        int count = Libc.getgroups(MaximumGroups, groups);
        var names = new List<string>();
        for (int i = 0; i < count; i++) names.Add(groups[i].ToString());

        // capget(2): a header and two sets of effective, permitted, inheritable.
        uint* header = stackalloc uint[2] { CapabilityVersion3, 0 };
        uint* data = stackalloc uint[6];
        Libc.capget(header, data);

        Output.Line($"uid={Libc.getuid()} euid={Libc.geteuid()} gid={Libc.getgid()} egid={Libc.getegid()} groups={string.Join(',', names)}");
        Output.Line($"CapInh={Hex(data[2], data[5])} CapPrm={Hex(data[1], data[4])} CapEff={Hex(data[0], data[3])} " +
            $"CapBnd={Bounding():x16} CapAmb={Ambient():x16}");
        Output.Line($"NoNewPrivs={Libc.prctl(Libc.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)} Seccomp={Libc.prctl(Libc.PR_GET_SECCOMP, 0, 0, 0, 0)}");
        return 0;
    }

    private static string Hex(uint low, uint high) => ((ulong)high << 32 | low).ToString("x16");

    private static ulong Bounding()
    {
        ulong set = 0;
        for (int i = 0; i <= HighestCapability; i++)
        {
            if (Libc.prctl(Libc.PR_CAPBSET_READ, (nuint)i, 0, 0, 0) == 1) set |= 1UL << i;
        }

        return set;
    }

    private static ulong Ambient()
    {
        ulong set = 0;
        for (int i = 0; i <= HighestCapability; i++)
        {
            if (Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_IS_SET, (nuint)i, 0, 0) == 1) set |= 1UL << i;
        }

        return set;
    }
}
