namespace ContainerChaos.Runtime;

/// <summary>The properties of limits.</summary>
internal static partial class SpecDocument
{
    internal static ResourcesSpec Resources(ref SpecReader reader)
    {
        var spec = new ResourcesSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "devices" => spec with { Devices = reader.List(DeviceRule)! },
                "memory" => spec with { Memory = reader.Object(Memory) },
                "cpu" => spec with { Cpu = reader.Object(Cpu) },
                "pids" => spec with { Pids = reader.Object(Pids) },
                "blockIO" => spec with { BlockIO = reader.Object(BlockIO) },
                "hugepageLimits" => spec with { HugepageLimits = reader.List(HugepageLimit)! },
                "network" => spec with { Network = reader.Object(Network) },
                "rdma" => spec with { Rdma = reader.Map(Rdma) },
                "unified" => spec with { Unified = reader.TextMap() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static MemorySpec Memory(ref SpecReader reader)
    {
        var spec = new MemorySpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "limit" => spec with { Limit = reader.Int64() },
                "reservation" => spec with { Reservation = reader.Int64() },
                "swap" => spec with { Swap = reader.Int64() },
                "kernel" => spec with { Kernel = reader.Int64() },
                "kernelTCP" => spec with { KernelTCP = reader.Int64() },
                "swappiness" => spec with { Swappiness = reader.UInt64() },
                "disableOOMKiller" => spec with { DisableOOMKiller = reader.Boolean() },
                "useHierarchy" => spec with { UseHierarchy = reader.Boolean() },
                "checkBeforeUpdate" => spec with { CheckBeforeUpdate = reader.Boolean() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static CpuSpec Cpu(ref SpecReader reader)
    {
        var spec = new CpuSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "shares" => spec with { Shares = reader.UInt64() },
                "quota" => spec with { Quota = reader.Int64() },
                "burst" => spec with { Burst = reader.UInt64() },
                "period" => spec with { Period = reader.UInt64() },
                "realtimeRuntime" => spec with { RealtimeRuntime = reader.Int64() },
                "realtimePeriod" => spec with { RealtimePeriod = reader.UInt64() },
                "cpus" => spec with { Cpus = reader.Text() },
                "mems" => spec with { Mems = reader.Text() },
                "idle" => spec with { Idle = reader.Int64() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static PidsSpec Pids(ref SpecReader reader)
    {
        var spec = new PidsSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "limit" => spec with { Limit = reader.Int64() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static DeviceRuleSpec DeviceRule(ref SpecReader reader)
    {
        var spec = new DeviceRuleSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "allow" => spec with { Allow = reader.Boolean() ?? false },
                "type" => spec with { Type = reader.Text() },
                "major" => spec with { Major = reader.Int64() },
                "minor" => spec with { Minor = reader.Int64() },
                "access" => spec with { Access = reader.Text() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static BlockIOSpec BlockIO(ref SpecReader reader)
    {
        var spec = new BlockIOSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "weight" => spec with { Weight = reader.UInt16() },
                "leafWeight" => spec with { LeafWeight = reader.UInt16() },
                "weightDevice" => spec with { WeightDevice = reader.List(WeightDevice)! },
                "throttleReadBpsDevice" => spec with { ThrottleReadBpsDevice = reader.List(ThrottleDevice)! },
                "throttleWriteBpsDevice" => spec with { ThrottleWriteBpsDevice = reader.List(ThrottleDevice)! },
                "throttleReadIOPSDevice" => spec with { ThrottleReadIOPSDevice = reader.List(ThrottleDevice)! },
                "throttleWriteIOPSDevice" => spec with { ThrottleWriteIOPSDevice = reader.List(ThrottleDevice)! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static WeightDeviceSpec WeightDevice(ref SpecReader reader)
    {
        var spec = new WeightDeviceSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "major" => spec with { Major = reader.Int64() ?? 0 },
                "minor" => spec with { Minor = reader.Int64() ?? 0 },
                "weight" => spec with { Weight = reader.UInt16() },
                "leafWeight" => spec with { LeafWeight = reader.UInt16() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static ThrottleDeviceSpec ThrottleDevice(ref SpecReader reader)
    {
        var spec = new ThrottleDeviceSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "major" => spec with { Major = reader.Int64() ?? 0 },
                "minor" => spec with { Minor = reader.Int64() ?? 0 },
                "rate" => spec with { Rate = reader.UInt64() ?? 0 },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static HugepageLimitSpec HugepageLimit(ref SpecReader reader)
    {
        var spec = new HugepageLimitSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "pageSize" => spec with { PageSize = reader.Text()! },
                "limit" => spec with { Limit = reader.UInt64() ?? 0 },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static NetworkSpec Network(ref SpecReader reader)
    {
        var spec = new NetworkSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "classID" => spec with { ClassID = reader.UInt32() },
                "priorities" => spec with { Priorities = reader.List(InterfacePriority)! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static InterfacePrioritySpec InterfacePriority(ref SpecReader reader)
    {
        var spec = new InterfacePrioritySpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "name" => spec with { Name = reader.Text()! },
                "priority" => spec with { Priority = reader.UInt32() ?? 0 },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static RdmaSpec Rdma(ref SpecReader reader)
    {
        var spec = new RdmaSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "hcaHandles" => spec with { HcaHandles = reader.UInt32() },
                "hcaObjects" => spec with { HcaObjects = reader.UInt32() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }
}
