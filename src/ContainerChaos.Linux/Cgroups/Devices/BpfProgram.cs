using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>An eBPF program in the kernel (bpf(2)), and the programs of a version 2 group that decide on its devices.</summary>
internal sealed unsafe class BpfProgram : FileDescriptor
{
    private const int BPF_PROG_LOAD = 5, BPF_PROG_ATTACH = 8, BPF_PROG_DETACH = 9, BPF_PROG_GET_FD_BY_ID = 13, BPF_PROG_QUERY = 16;
    private const uint BPF_PROG_TYPE_CGROUP_DEVICE = 15, BPF_CGROUP_DEVICE = 6, BPF_F_ALLOW_MULTI = 2, BPF_F_REPLACE = 4;

    // cgroup-v2 allows 64 programs of a type in a group (BPF_CGROUP_MAX_PROGS).
    private const int MaxPrograms = 64;

    private BpfProgram(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Loads a program of type BPF_PROG_TYPE_CGROUP_DEVICE.</summary>
    /// <exception cref="ErrnoException">EPERM without CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN, in the first user namespace.</exception>
    internal static BpfProgram LoadDeviceFilter(ReadOnlySpan<ulong> instructions)
    {
        using var license = new NativeString("MIT");
        fixed (ulong* code = instructions)
        {
            var attributes = new LoadAttributes { Type = BPF_PROG_TYPE_CGROUP_DEVICE, Count = (uint)instructions.Length, Code = (ulong)code, License = (ulong)license.Address };
            var result = Bpf(BPF_PROG_LOAD, &attributes, sizeof(LoadAttributes));
            // Until Linux 5.11 a program counts as locked memory, of which 64 kB are allowed.
            if (result == -1 && (Errno)Marshal.GetLastPInvokeError() == Errno.EPERM)
            {
                using (new LockedMemory())
                    result = Bpf(BPF_PROG_LOAD, &attributes, sizeof(LoadAttributes));
            }
            return new BpfProgram((int)Libc.Checked("bpf", "BPF_PROG_LOAD", result));
        }
    }

    /// <summary>Makes this the only program that decides on a group's devices. A single one before it is replaced in one step.</summary>
    internal void AttachTo(FileDescriptor group)
    {
        var before = Attached(group);
        try
        {
            var attributes = new AttachAttributes { Target = (uint)group.Number, Program = (uint)Number, Type = BPF_CGROUP_DEVICE, Flags = BPF_F_ALLOW_MULTI };
            if (before.Count == 1)
            {
                attributes.Flags |= BPF_F_REPLACE;
                attributes.Replaced = (uint)before[0].Number;
                if (Bpf(BPF_PROG_ATTACH, &attributes, sizeof(AttachAttributes)) == 0)
                    return;
                // Before Linux 5.5 there is no such flag: with both, what either denies is denied until the old one goes.
                attributes.Flags = BPF_F_ALLOW_MULTI;
                attributes.Replaced = 0;
            }
            Libc.Checked("bpf", "BPF_PROG_ATTACH", Bpf(BPF_PROG_ATTACH, &attributes, sizeof(AttachAttributes)));
            foreach (var program in before)
            {
                attributes = new AttachAttributes { Target = (uint)group.Number, Program = (uint)program.Number, Type = BPF_CGROUP_DEVICE };
                Libc.Checked("bpf", "BPF_PROG_DETACH", Bpf(BPF_PROG_DETACH, &attributes, sizeof(AttachAttributes)));
            }
        }
        finally
        {
            foreach (var program in before)
                program.Dispose();
        }
    }

    private static List<BpfProgram> Attached(FileDescriptor group)
    {
        var ids = stackalloc uint[MaxPrograms];
        var query = new QueryAttributes { Target = (uint)group.Number, Type = BPF_CGROUP_DEVICE, Ids = (ulong)ids, Count = MaxPrograms };
        Libc.Checked("bpf", "BPF_PROG_QUERY", Bpf(BPF_PROG_QUERY, &query, sizeof(QueryAttributes)));
        var programs = new List<BpfProgram>();
        for (var i = 0; i < query.Count; i++)
        {
            // One that a security module hides can only restrict further; it stays.
            ulong id = ids[i];
            if (Bpf(BPF_PROG_GET_FD_BY_ID, &id, sizeof(ulong)) is var descriptor and not -1)
                programs.Add(new BpfProgram((int)descriptor));
        }
        return programs;
    }

    private static nint Bpf(int command, void* attributes, int size) =>
        Libc.Retrying((nint)SystemCallNumber.bpf, command, (nint)attributes, size);

    [StructLayout(LayoutKind.Sequential)]
    private struct LoadAttributes
    {
        internal uint Type;
        internal uint Count;
        internal ulong Code;
        internal ulong License;
        internal uint LogLevel;
        internal uint LogSize;
        internal ulong Log;
        internal uint KernelVersion;
        internal uint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct AttachAttributes
    {
        internal uint Target;
        internal uint Program;
        internal uint Type;
        internal uint Flags;
        internal uint Replaced;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct QueryAttributes
    {
        internal uint Target;
        internal uint Type;
        internal uint Flags;
        internal uint AttachFlags;
        internal ulong Ids;
        internal uint Count;
        internal uint Padding;
    }

    /// <summary>No limit on locked memory for as long as it lives; afterwards as before, since the container inherits it.</summary>
    private readonly ref struct LockedMemory
    {
        private const int RLIMIT_MEMLOCK = 8;
        private readonly ulong _soft;
        private readonly ulong _hard;

        public LockedMemory()
        {
            var before = stackalloc ulong[2];
            var unlimited = stackalloc ulong[] { ulong.MaxValue, ulong.MaxValue };
            Libc.SystemCall((nint)SystemCallNumber.prlimit64, 0, RLIMIT_MEMLOCK, 0, (nint)before);
            (_soft, _hard) = (before[0], before[1]);
            Libc.SystemCall((nint)SystemCallNumber.prlimit64, 0, RLIMIT_MEMLOCK, (nint)unlimited, 0);
        }

        public void Dispose()
        {
            var after = stackalloc ulong[] { _soft, _hard };
            Libc.SystemCall((nint)SystemCallNumber.prlimit64, 0, RLIMIT_MEMLOCK, (nint)after, 0);
        }
    }
}
