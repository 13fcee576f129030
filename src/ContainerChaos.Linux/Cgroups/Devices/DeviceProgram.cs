namespace ContainerChaos.Linux;

/// <summary>
/// Compiles rules about devices to an eBPF program of the type that version 2 runs at each access (BPF_PROG_TYPE_CGROUP_DEVICE,
/// struct bpf_cgroup_dev_ctx in linux/bpf.h).
/// </summary>
/// <remarks>
/// The rules are looked at from the last to the first. Each kind of access is decided by the first one that matches: one that
/// denies ends the program, one that allows takes its kinds off the request, and when none are left the access is allowed. So
/// "read" and "write" of two rules add up to an open for both, as those of one device do on version 1.
/// </remarks>
internal static class DeviceProgram
{
    // bpf_common.h and bpf.h: instruction classes, operations and sources.
    private const byte LoadWord = 0x61, AndImmediate = 0x54, ShiftRightImmediate = 0x74, Move = 0xBC, MoveImmediate = 0xB7;
    private const byte JumpIfNot = 0x55, JumpIf = 0x15, Exit = 0x95;
    private const int Result = 0, Context = 1, Kind = 2, Request = 3, Major = 4, Minor = 5, Scratch = 0;
    private const int BPF_DEVCG_DEV_BLOCK = 1, BPF_DEVCG_DEV_CHAR = 2;

    /// <summary>The program; every instruction is one number (struct bpf_insn).</summary>
    /// <param name="rules">The rules; what none of them is about is denied.</param>
    internal static ulong[] Compile(IReadOnlyList<CgroupDeviceRule> rules)
    {
        var program = new List<ulong>
        {
            Instruction(LoadWord, Kind, Context, offset: 0),
            Instruction(Move, Request, Kind),
            Instruction(AndImmediate, Kind, immediate: 0xFFFF),
            Instruction(ShiftRightImmediate, Request, immediate: 16),
            Instruction(LoadWord, Major, Context, offset: 4),
            Instruction(LoadWord, Minor, Context, offset: 8),
        };
        for (var i = rules.Count - 1; i >= 0; i--)
        {
            if (rules[i].IsAboutAll)
            {
                // What comes before it can't be reached, and the kernel refuses instructions that can't.
                Return(program, rules[i].Allow);
                return [.. program];
            }
            Append(program, rules[i]);
        }
        Return(program, allow: false);
        return [.. program];
    }

    private static void Append(List<ulong> program, CgroupDeviceRule rule)
    {
        var block = new List<ulong>();
        if (rule.Allow)
        {
            block.Add(Instruction(AndImmediate, Request, immediate: ~(int)rule.Access & 0xFFFF));
            block.Add(Instruction(JumpIfNot, Request, offset: 2, immediate: 0));
        }
        else
        {
            block.Add(Instruction(Move, Scratch, Request));
            block.Add(Instruction(AndImmediate, Scratch, immediate: (int)rule.Access));
            block.Add(Instruction(JumpIf, Scratch, offset: 2, immediate: 0));
        }
        Return(block, rule.Allow);

        var conditions = new List<(int Register, int Value)>();
        if (rule.Kind is { } kind)
            conditions.Add((Kind, kind == FileKind.BlockDevice ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR));
        if (rule.Major is { } major)
            conditions.Add((Major, (int)major));
        if (rule.Minor is { } minor)
            conditions.Add((Minor, (int)minor));
        for (var i = 0; i < conditions.Count; i++)
        {
            var toNextRule = conditions.Count - 1 - i + block.Count;
            program.Add(Instruction(JumpIfNot, conditions[i].Register, offset: (short)toNextRule, immediate: conditions[i].Value));
        }
        program.AddRange(block);
    }

    private static void Return(List<ulong> program, bool allow)
    {
        program.Add(Instruction(MoveImmediate, Result, immediate: allow ? 1 : 0));
        program.Add(Instruction(Exit, 0));
    }

    // struct bpf_insn: code, two registers in one byte, offset, immediate.
    private static ulong Instruction(byte code, int destination, int source = 0, short offset = 0, int immediate = 0) =>
        code | ((ulong)(uint)(destination | (source << 4)) << 8) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)immediate << 32);
}
