namespace ContainerChaos.Runtime;

/// <summary>What must be so of a seccomp profile, whatever its rules compile to (runtime-spec, config-linux: Seccomp).</summary>
internal static class SeccompValidation
{
    internal static readonly string[] Actions =
    [
        "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY",
        "SCMP_ACT_TRACE", "SCMP_ACT_TRAP",
    ];

    internal static readonly string[] Operators =
        ["SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"];

    internal static readonly string[] Flags =
        ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"];

    internal static readonly string[] Architectures =
    [
        "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32",
        "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64",
        "SCMP_ARCH_PPC64LE", "SCMP_ARCH_RISCV64", "SCMP_ARCH_S390", "SCMP_ARCH_S390X", "SCMP_ARCH_SH", "SCMP_ARCH_SHEB", "SCMP_ARCH_X32", "SCMP_ARCH_X86",
        "SCMP_ARCH_X86_64",
    ];

    internal static void Check(SeccompSpec seccomp, SpecField field)
    {
        // Nothing at all is how some clients write "no filter".
        if (seccomp is { DefaultAction: "", Syscalls.Count: 0 })
            return;
        field["defaultAction"].RequireOneOf(seccomp.DefaultAction, Actions, "action");
        if (seccomp.DefaultAction == "SCMP_ACT_NOTIFY")
            throw field["defaultAction"].Invalid("SCMP_ACT_NOTIFY cannot be used as default action: nobody could tell the listener");
        CheckErrno(seccomp.DefaultAction, seccomp.DefaultErrnoRet, field["defaultErrnoRet"]);
        foreach (var (architecture, item) in field["architectures"].Items(seccomp.Architectures))
            item.RequireOneOf(architecture, Architectures, "architecture");
        foreach (var (flag, item) in field["flags"].Items(seccomp.Flags ?? []))
        {
            item.RequireOneOf(flag, Flags, "flag");
            if (flag == "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" && string.IsNullOrEmpty(seccomp.ListenerPath))
                throw item.Invalid($"{flag} needs linux.seccomp.listenerPath");
        }
        if (string.IsNullOrEmpty(seccomp.ListenerPath) && seccomp.ListenerMetadata is { Length: > 0 })
            throw field["listenerMetadata"].Invalid("it must not be set without listenerPath");
        foreach (var (rule, item) in field["syscalls"].Items(seccomp.Syscalls))
            CheckRule(rule, item, seccomp.ListenerPath);
    }

    private static void CheckRule(SeccompSyscallSpec rule, SpecField field, string? listener)
    {
        if (rule.Names.Count == 0)
            throw field["names"].Invalid("it must not be empty");
        field["names"].RequireTexts(rule.Names);
        field["action"].RequireOneOf(rule.Action, Actions, "action");
        CheckErrno(rule.Action, rule.ErrnoRet, field["errnoRet"]);
        if (rule.Action == "SCMP_ACT_NOTIFY")
        {
            if (string.IsNullOrEmpty(listener))
                throw field["action"].Invalid("SCMP_ACT_NOTIFY needs linux.seccomp.listenerPath");
            if (rule.Names.Contains("write"))
                throw field["names"].Invalid("SCMP_ACT_NOTIFY cannot be used for the write syscall: the runtime needs it to hand the listener over");
        }
        foreach (var (argument, item) in field["args"].Items(rule.Args))
        {
            item["index"].RequireBetween(argument.Index, 0, 5);
            item["op"].RequireOneOf(argument.Op, Operators, "operator");
        }
    }

    private static void CheckErrno(string action, uint? errno, SpecField field)
    {
        if (errno is null)
            return;
        if (action is not ("SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE"))
            throw field.Invalid($"{action} has no error number");
        // seccomp(2): SECCOMP_RET_DATA is 16 bits wide.
        field.RequireBetween(errno.Value, 0, ushort.MaxValue);
    }
}
