namespace ContainerChaos.Runtime;

/// <summary>The properties that only Linux has.</summary>
internal static partial class SpecDocument
{
    private static LinuxSpec Linux(ref SpecReader reader)
    {
        var spec = new LinuxSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "uidMappings" => spec with { UidMappings = reader.List(IdMapping)! },
                "gidMappings" => spec with { GidMappings = reader.List(IdMapping)! },
                "timeOffsets" => spec with { TimeOffsets = reader.Map(TimeOffset) },
                "namespaces" => spec with { Namespaces = reader.List(Namespace)! },
                "devices" => spec with { Devices = reader.List(Device)! },
                "netDevices" => spec with { NetDevices = reader.Map(NetDevice) },
                "cgroupsPath" => spec with { CgroupsPath = reader.Text() },
                "resources" => spec with { Resources = reader.Object(Resources) },
                "sysctl" => spec with { Sysctl = reader.TextMap() },
                "seccomp" => spec with { Seccomp = reader.Object(Seccomp) },
                "rootfsPropagation" => spec with { RootfsPropagation = reader.Text() },
                "maskedPaths" => spec with { MaskedPaths = reader.Texts()! },
                "readonlyPaths" => spec with { ReadonlyPaths = reader.Texts()! },
                "mountLabel" => spec with { MountLabel = reader.Text() },
                "intelRdt" => spec with { IntelRdt = reader.Object(IntelRdt) },
                "personality" => spec with { Personality = reader.Object(Personality) },
                "memoryPolicy" => spec with { MemoryPolicy = reader.Object(MemoryPolicy) },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static IdMappingSpec IdMapping(ref SpecReader reader)
    {
        var spec = new IdMappingSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "containerID" => spec with { ContainerID = reader.UInt32() ?? 0 },
                "hostID" => spec with { HostID = reader.UInt32() ?? 0 },
                "size" => spec with { Size = reader.UInt32() ?? 0 },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static TimeOffsetSpec TimeOffset(ref SpecReader reader)
    {
        var spec = new TimeOffsetSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "secs" => spec with { Secs = reader.Int64() ?? 0 },
                "nanosecs" => spec with { Nanosecs = reader.UInt32() ?? 0 },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static NamespaceSpec Namespace(ref SpecReader reader)
    {
        var spec = new NamespaceSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "type" => spec with { Type = reader.Text()! },
                "path" => spec with { Path = reader.Text() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static DeviceSpec Device(ref SpecReader reader)
    {
        var spec = new DeviceSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "type" => spec with { Type = reader.Text()! },
                "path" => spec with { Path = reader.Text()! },
                "major" => spec with { Major = reader.Int64() ?? 0 },
                "minor" => spec with { Minor = reader.Int64() ?? 0 },
                "fileMode" => spec with { FileMode = reader.UInt32() },
                "uid" => spec with { Uid = reader.UInt32() },
                "gid" => spec with { Gid = reader.UInt32() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static NetDeviceSpec NetDevice(ref SpecReader reader)
    {
        var spec = new NetDeviceSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "name" => spec with { Name = reader.Text() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static PersonalitySpec Personality(ref SpecReader reader)
    {
        var spec = new PersonalitySpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "domain" => spec with { Domain = reader.Text()! },
                "flags" => spec with { Flags = reader.Texts()! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static MemoryPolicySpec MemoryPolicy(ref SpecReader reader)
    {
        var spec = new MemoryPolicySpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "mode" => spec with { Mode = reader.Text()! },
                "nodes" => spec with { Nodes = reader.Text() },
                "flags" => spec with { Flags = reader.Texts()! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static IntelRdtSpec IntelRdt(ref SpecReader reader)
    {
        var spec = new IntelRdtSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "closID" => spec with { ClosID = reader.Text() },
                "schemata" => spec with { Schemata = reader.Texts()! },
                "l3CacheSchema" => spec with { L3CacheSchema = reader.Text() },
                "memBwSchema" => spec with { MemBwSchema = reader.Text() },
                "enableMonitoring" => spec with { EnableMonitoring = reader.Boolean() ?? false },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static SeccompSpec Seccomp(ref SpecReader reader)
    {
        var spec = new SeccompSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "defaultAction" => spec with { DefaultAction = reader.Text()! },
                "defaultErrnoRet" => spec with { DefaultErrnoRet = reader.UInt32() },
                "architectures" => spec with { Architectures = reader.Texts()! },
                "flags" => spec with { Flags = reader.Texts()! },
                "listenerPath" => spec with { ListenerPath = reader.Text() },
                "listenerMetadata" => spec with { ListenerMetadata = reader.Text() },
                "syscalls" => spec with { Syscalls = reader.List(SeccompSyscall)! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static SeccompSyscallSpec SeccompSyscall(ref SpecReader reader)
    {
        var spec = new SeccompSyscallSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "names" => spec with { Names = reader.Texts()! },
                "action" => spec with { Action = reader.Text()! },
                "errnoRet" => spec with { ErrnoRet = reader.UInt32() },
                "args" => spec with { Args = reader.List(SeccompArgument)! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static SeccompArgumentSpec SeccompArgument(ref SpecReader reader)
    {
        var spec = new SeccompArgumentSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "index" => spec with { Index = reader.UInt32() ?? 0 },
                "value" => spec with { Value = reader.UInt64() ?? 0 },
                "valueTwo" => spec with { ValueTwo = reader.UInt64() ?? 0 },
                "op" => spec with { Op = reader.Text()! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }
}
