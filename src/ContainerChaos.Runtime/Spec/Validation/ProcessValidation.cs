using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What must be so of a process (runtime-spec, config: Process).</summary>
internal static class ProcessValidation
{
    internal static readonly string[] Rlimits =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    internal static void Check(ProcessSpec process, SpecField field, Action<string>? warn)
    {
        if (process.Args.Count == 0)
            throw field["args"].Invalid("it must not be empty");
        field["args"].RequireTexts(process.Args);
        field["env"].RequireTexts(process.Env);
        if (process.Cwd.Length == 0)
            throw field["cwd"].Invalid("it must not be empty");
        field["cwd"].RequireAbsolute(process.Cwd);
        if (process is { Terminal: true, ConsoleSize: { } size })
        {
            field["consoleSize.height"].RequireBetween((long)Math.Min(size.Height, long.MaxValue), 0, ushort.MaxValue);
            field["consoleSize.width"].RequireBetween((long)Math.Min(size.Width, long.MaxValue), 0, ushort.MaxValue);
        }
        CheckRlimits(process.Rlimits, field["rlimits"]);
        if (process.Capabilities is { } capabilities)
            CheckCapabilities(capabilities, field["capabilities"], warn);
        if (process.OomScoreAdj is { } score)
            field["oomScoreAdj"].RequireBetween(score, -1000, 1000);
        if (process.Scheduler is { } scheduler)
            SchedulerValidation.Check(scheduler, field["scheduler"]);
        if (process.IoPriority is { } priority)
        {
            field["ioPriority.class"].RequireOneOf(priority.Class, ["IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"], "class");
            field["ioPriority.priority"].RequireBetween(priority.Priority, 0, 7);
        }
        if (process.ExecCPUAffinity is { } affinity)
        {
            CheckList(affinity.Initial, field["execCPUAffinity.initial"]);
            CheckList(affinity.Final, field["execCPUAffinity.final"]);
        }
        CheckLabels(process, field);
    }

    private static void CheckList(string? list, SpecField field)
    {
        if (!string.IsNullOrEmpty(list) && IndexList.TryParse(list, IndexList.MaximumCpu) is null)
            throw field.Invalid($"'{list}' is not a list of CPUs as '0-3,7'");
    }

    private static void CheckRlimits(IReadOnlyList<RlimitSpec> limits, SpecField list)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (limit, field) in list.Items(limits))
        {
            field["type"].RequireOneOf(limit.Type, Rlimits, "resource limit");
            if (!seen.Add(limit.Type))
                throw field["type"].Invalid($"{limit.Type} is there twice");
            if (limit.Soft > limit.Hard)
                throw field["soft"].Invalid($"{limit.Soft} is more than the hard limit, {limit.Hard}");
        }
    }

    /// <summary>What can't be granted is a warning, not an error (runtime-spec, config: capabilities).</summary>
    private static void CheckCapabilities(CapabilitiesSpec sets, SpecField field, Action<string>? warn)
    {
        var ignored = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (name, set) in (ReadOnlySpan<(string, IReadOnlyList<string>)>)
            [
                ("bounding", sets.Bounding), ("effective", sets.Effective), ("inheritable", sets.Inheritable),
                ("permitted", sets.Permitted), ("ambient", sets.Ambient),
            ])
        {
            field[name].RequireTexts(set);
            foreach (var capability in set)
            {
                if (Capabilities.Number(capability) is not { } number || number > OwnCapabilities.Last)
                    ignored.Add(capability);
            }
        }
        if (ignored.Count > 0)
            warn?.Invoke($"{field}: ignoring unknown or unavailable capabilities: {string.Join(", ", ignored)}.");
    }

    /// <summary>A confinement that was asked for and that this kernel can't give is refused.</summary>
    private static void CheckLabels(ProcessSpec process, SpecField field)
    {
        if (process.ApparmorProfile is not (null or "" or "unconfined") && !SecurityModules.HasAppArmor)
        {
            throw field["apparmorProfile"].NotSupported(
                $"apparmor: the profile '{process.ApparmorProfile}' is asked for, but AppArmor is not supported or not enabled on this host",
                "Remove the profile, or boot a kernel with AppArmor.");
        }
        if (process.SelinuxLabel is { Length: > 0 } && !SecurityModules.HasSelinux)
        {
            throw field["selinuxLabel"].NotSupported(
                "selinux label is specified in config, but selinux is disabled or not supported",
                "Remove the label, or boot a kernel with SELinux.");
        }
    }
}
