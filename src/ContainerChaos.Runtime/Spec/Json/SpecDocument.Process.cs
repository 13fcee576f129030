namespace ContainerChaos.Runtime;

/// <summary>The properties of a process.</summary>
internal static partial class SpecDocument
{
    internal static ProcessSpec Process(ref SpecReader reader)
    {
        var spec = new ProcessSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "terminal" => spec with { Terminal = reader.Boolean() ?? false },
                "consoleSize" => spec with { ConsoleSize = reader.Object(ConsoleSize) },
                "user" => spec with { User = reader.Object(User)! },
                "args" => spec with { Args = reader.Texts()! },
                "env" => spec with { Env = reader.Texts()! },
                "cwd" => spec with { Cwd = reader.Text()! },
                "capabilities" => spec with { Capabilities = reader.Object(Capabilities) },
                "rlimits" => spec with { Rlimits = reader.List(Rlimit)! },
                "noNewPrivileges" => spec with { NoNewPrivileges = reader.Boolean() ?? false },
                "apparmorProfile" => spec with { ApparmorProfile = reader.Text() },
                "oomScoreAdj" => spec with { OomScoreAdj = reader.Int32() },
                "scheduler" => spec with { Scheduler = reader.Object(Scheduler) },
                "selinuxLabel" => spec with { SelinuxLabel = reader.Text() },
                "ioPriority" => spec with { IoPriority = reader.Object(IoPriority) },
                "execCPUAffinity" => spec with { ExecCPUAffinity = reader.Object(CpuAffinity) },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static ConsoleSizeSpec ConsoleSize(ref SpecReader reader)
    {
        var spec = new ConsoleSizeSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "height" => spec with { Height = reader.UInt64() ?? 0 },
                "width" => spec with { Width = reader.UInt64() ?? 0 },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static UserSpec User(ref SpecReader reader)
    {
        var spec = new UserSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "uid" => spec with { Uid = reader.UInt32() ?? 0 },
                "gid" => spec with { Gid = reader.UInt32() ?? 0 },
                "umask" => spec with { Umask = reader.UInt32() },
                "additionalGids" => spec with { AdditionalGids = reader.Numbers()! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static CapabilitiesSpec Capabilities(ref SpecReader reader)
    {
        var spec = new CapabilitiesSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "bounding" => spec with { Bounding = reader.Texts()! },
                "effective" => spec with { Effective = reader.Texts()! },
                "inheritable" => spec with { Inheritable = reader.Texts()! },
                "permitted" => spec with { Permitted = reader.Texts()! },
                "ambient" => spec with { Ambient = reader.Texts()! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static RlimitSpec Rlimit(ref SpecReader reader)
    {
        var spec = new RlimitSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "type" => spec with { Type = reader.Text()! },
                "soft" => spec with { Soft = reader.UInt64() ?? 0 },
                "hard" => spec with { Hard = reader.UInt64() ?? 0 },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static SchedulerSpec Scheduler(ref SpecReader reader)
    {
        var spec = new SchedulerSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "policy" => spec with { Policy = reader.Text()! },
                "nice" => spec with { Nice = reader.Int32() ?? 0 },
                "priority" => spec with { Priority = reader.Int32() ?? 0 },
                "flags" => spec with { Flags = reader.Texts()! },
                "runtime" => spec with { Runtime = reader.UInt64() },
                "deadline" => spec with { Deadline = reader.UInt64() },
                "period" => spec with { Period = reader.UInt64() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static IoPrioritySpec IoPriority(ref SpecReader reader)
    {
        var spec = new IoPrioritySpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "class" => spec with { Class = reader.Text()! },
                "priority" => spec with { Priority = reader.Int32() ?? 0 },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static CpuAffinitySpec CpuAffinity(ref SpecReader reader)
    {
        var spec = new CpuAffinitySpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "initial" => spec with { Initial = reader.Text() },
                "final" => spec with { Final = reader.Text() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }
}
