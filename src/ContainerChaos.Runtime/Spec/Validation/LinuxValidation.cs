using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What must be so of devices, paths, propagation, personality, memory policy and Intel RDT.</summary>
internal static class LinuxValidation
{
    internal static readonly string[] MemoryModes =
        ["MPOL_DEFAULT", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_WEIGHTED_INTERLEAVE", "MPOL_PREFERRED", "MPOL_PREFERRED_MANY", "MPOL_LOCAL"];

    internal static readonly string[] MemoryFlags = ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"];

    internal static void Check(LinuxSpec linux, Action<string>? warn)
    {
        CheckDevices(linux.Devices);
        foreach (var (path, field) in new SpecField("linux.maskedPaths").Items(linux.MaskedPaths))
            field.RequireAbsolute(path);
        foreach (var (path, field) in new SpecField("linux.readonlyPaths").Items(linux.ReadonlyPaths))
            field.RequireAbsolute(path);
        if (linux.RootfsPropagation is { Length: > 0 } propagation)
        {
            new SpecField("linux.rootfsPropagation").RequireOneOf(
                propagation, ["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable"], "propagation");
        }
        if (linux.Personality is { } personality)
        {
            new SpecField("linux.personality.domain").RequireOneOf(personality.Domain, ["LINUX", "LINUX32"], "domain");
            if (personality.Flags.Count > 0)
                warn?.Invoke("linux.personality.flags: ignored, since none is defined.");
        }
        if (linux.MemoryPolicy is { } policy)
            CheckMemoryPolicy(policy, new SpecField("linux.memoryPolicy"));
        if (linux.IntelRdt is { } rdt)
            CheckIntelRdt(rdt, new SpecField("linux.intelRdt"));
        // Without SELinux nothing asks for the label, so nothing is lost; a process's label, which confines, is refused.
        if (linux.MountLabel is { Length: > 0 } && !SecurityModules.HasSelinux)
            warn?.Invoke("linux.mountLabel: ignored, since selinux is disabled or not supported.");
    }

    private static void CheckDevices(IReadOnlyList<DeviceSpec> devices)
    {
        foreach (var (device, field) in new SpecField("linux.devices").Items(devices))
        {
            field["type"].RequireOneOf(device.Type, ["c", "u", "b", "p"], "type of device");
            field["path"].RequireAbsolute(device.Path);
            // makedev(3): 12 bits of major and 20 of minor number in the kernel's dev_t.
            field["major"].RequireBetween(device.Major, 0, (1 << 12) - 1);
            field["minor"].RequireBetween(device.Minor, 0, (1 << 20) - 1);
        }
    }

    /// <summary>set_mempolicy(2).</summary>
    private static void CheckMemoryPolicy(MemoryPolicySpec policy, SpecField field)
    {
        if (!MemoryModes.Contains(policy.Mode))
            throw field["mode"].Invalid($"invalid memory policy mode '{policy.Mode}'; it is one of {string.Join(", ", MemoryModes)}");
        foreach (var (flag, item) in field["flags"].Items(policy.Flags))
        {
            if (!MemoryFlags.Contains(flag))
                throw item.Invalid($"invalid memory policy flag '{flag}'; it is one of {string.Join(", ", MemoryFlags)}");
        }
        if (policy.Flags.Contains("MPOL_F_RELATIVE_NODES") && policy.Flags.Contains("MPOL_F_STATIC_NODES"))
            throw field["flags"].Invalid("invalid memory policy flags: MPOL_F_RELATIVE_NODES and MPOL_F_STATIC_NODES exclude each other");
        var nodes = 0;
        if (policy.Nodes is { Length: > 0 } list)
        {
            var mask = IndexList.TryParse(list, IndexList.MaximumNode)
                ?? throw field["nodes"].Invalid($"invalid memory policy nodes '{list}'; they are listed as '0-3,7', up to {IndexList.MaximumNode}");
            nodes = IndexList.Count(mask);
        }
        if (policy.Mode is "MPOL_DEFAULT" or "MPOL_LOCAL" && nodes > 0)
            throw field["nodes"].Invalid($"invalid memory policy nodes: the mode requires 0 nodes but got {nodes}");
        if (policy.Mode is not ("MPOL_DEFAULT" or "MPOL_LOCAL" or "MPOL_PREFERRED") && nodes == 0)
            throw field["nodes"].Invalid("invalid memory policy nodes: the mode requires at least one node but got 0");
    }

    private static void CheckIntelRdt(IntelRdtSpec rdt, SpecField field)
    {
        if (rdt.ClosID is { } id && (id is "." or ".." || (id.Length > 1 && id.Contains('/'))))
            throw field["closID"].Invalid($"'{id}' is not the name of a class of service");
        foreach (var (line, item) in field["schemata"].Items(rdt.Schemata))
        {
            if (line.Contains('\n'))
                throw item.Invalid("it holds a line break");
        }
        if (rdt.MemBwSchema is { Length: > 0 } schema && (!schema.StartsWith("MB:", StringComparison.Ordinal) || schema.Contains('\n')))
            throw field["memBwSchema"].Invalid("it must start with 'MB:' and be one line");
        if (!MountInfo.ReadSelf().Any(m => m.FileSystem == "resctrl"))
        {
            throw field.NotSupported(
                "intelRdt is specified in config, but no resctrl file system is mounted",
                "Mount resctrl on /sys/fs/resctrl on a host whose processor has RDT, or remove the field.");
        }
        throw field.NotSupported("Intel RDT is not implemented", "Remove the field, and move the container's processes into a resctrl group by a hook.");
    }
}
