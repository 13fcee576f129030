namespace ContainerChaos.Runtime;

/// <summary>What must be so of limits, whichever version of control groups takes them (runtime-spec, config-linux: Control groups).</summary>
internal static class ResourceValidation
{
    internal static void Check(ResourcesSpec resources, SpecField field)
    {
        foreach (var (rule, item) in field["devices"].Items(resources.Devices))
        {
            if (rule.Type is { Length: > 0 } type)
                item["type"].RequireOneOf(type, ["a", "b", "c"], "type of device");
            // The kernel has no 'a', but configurations in the wild do; it adds nothing.
            if (rule.Access is { Length: > 0 } access && access.AsSpan().IndexOfAnyExcept("rwma") >= 0)
                throw item["access"].Invalid($"'{access}' holds something else than r, w and m");
            // -1 is how old configurations write "any".
            item["major"].RequireBetween(rule.Major ?? 0, -1, (1 << 12) - 1);
            item["minor"].RequireBetween(rule.Minor ?? 0, -1, (1 << 20) - 1);
        }
        if (resources.Memory is { } memory)
            CheckMemory(memory, field["memory"]);
        if (resources.Cpu is { } cpu)
            CheckCpu(cpu, field["cpu"]);
        if (resources.BlockIO is { } block)
            CheckBlockIO(block, field["blockIO"]);
        foreach (var (limit, item) in field["hugepageLimits"].Items(resources.HugepageLimits))
        {
            if (!IsPageSize(limit.PageSize))
                throw item["pageSize"].Invalid($"'{limit.PageSize}' is not a size as '2MB'");
        }
        foreach (var (priority, item) in field["network.priorities"].Items(resources.Network?.Priorities ?? []))
        {
            if (priority.Name.Length == 0)
                throw item["name"].Invalid("it is missing");
        }
        foreach (var (_, limit, item) in field["rdma"].Entries(resources.Rdma))
        {
            if (limit is { HcaHandles: null, HcaObjects: null })
                throw item.Invalid("neither hcaHandles nor hcaObjects is given");
        }
        foreach (var (key, _, item) in field["unified"].Entries(resources.Unified))
        {
            if (key.Contains('/') || key is "." or "..")
                throw item.Invalid("it is not the name of a file in a control group");
        }
    }

    private static void CheckMemory(MemorySpec memory, SpecField field)
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, long?)>)
            [
                ("limit", memory.Limit), ("reservation", memory.Reservation), ("swap", memory.Swap), ("kernel", memory.Kernel), ("kernelTCP", memory.KernelTCP),
            ])
        {
            if (value < -1)
                throw field[name].Invalid($"{value} is negative; -1 is no limit");
        }
        if (memory is { Limit: > 0, Swap: > 0 } && memory.Swap < memory.Limit)
            throw field["swap"].Invalid($"{memory.Swap} is memory and swap together, and less than the limit on memory, {memory.Limit}");
        if (memory.Swappiness is > 100 and var swappiness)
            throw field["swappiness"].Invalid($"{swappiness} is not between 0 and 100");
    }

    private static void CheckCpu(CpuSpec cpu, SpecField field)
    {
        if (cpu.Idle is { } idle)
            field["idle"].RequireBetween(idle, 0, 1);
        CheckList(cpu.Cpus, IndexList.MaximumCpu, field["cpus"]);
        CheckList(cpu.Mems, IndexList.MaximumNode, field["mems"]);
        if (cpu is { Burst: > 0 and var burst, Quota: > 0 and var quota } && burst > (ulong)quota)
            throw field["burst"].Invalid($"{burst} is more than the quota, {quota}");
        if (cpu is { RealtimeRuntime: > 0 and var runtime, RealtimePeriod: > 0 and var period } && (ulong)runtime > period)
            throw field["realtimeRuntime"].Invalid($"{runtime} is more than the period, {period}");
    }

    private static void CheckList(string? list, int maximum, SpecField field)
    {
        // cpuset(7), "List format", has strides as well: 0-30:2/5.
        if (!string.IsNullOrEmpty(list) && !list.Contains(':') && IndexList.TryParse(list, maximum) is null)
            throw field.Invalid($"'{list}' is not a list as '0-3,7'");
    }

    private static void CheckBlockIO(BlockIOSpec block, SpecField field)
    {
        CheckWeight(block.Weight, field["weight"]);
        CheckWeight(block.LeafWeight, field["leafWeight"]);
        foreach (var (device, item) in field["weightDevice"].Items(block.WeightDevice))
        {
            CheckDevice(device.Major, device.Minor, item);
            if (device is { Weight: null, LeafWeight: null })
                throw item.Invalid("neither weight nor leafWeight is given");
            CheckWeight(device.Weight, item["weight"]);
            CheckWeight(device.LeafWeight, item["leafWeight"]);
        }
        foreach (var (name, list) in (ReadOnlySpan<(string, IReadOnlyList<ThrottleDeviceSpec>)>)
            [
                ("throttleReadBpsDevice", block.ThrottleReadBpsDevice), ("throttleWriteBpsDevice", block.ThrottleWriteBpsDevice),
                ("throttleReadIOPSDevice", block.ThrottleReadIOPSDevice), ("throttleWriteIOPSDevice", block.ThrottleWriteIOPSDevice),
            ])
        {
            foreach (var (device, item) in field[name].Items(list))
                CheckDevice(device.Major, device.Minor, item);
        }

        static void CheckDevice(long major, long minor, SpecField item)
        {
            item["major"].RequireBetween(major, 0, (1 << 12) - 1);
            item["minor"].RequireBetween(minor, 0, (1 << 20) - 1);
        }

        // Clients write 0 for "not given".
        static void CheckWeight(ushort? weight, SpecField field)
        {
            if (weight is { } value and not 0)
                field.RequireBetween(value, 10, 1000);
        }
    }

    /// <summary>runtime-spec: "&lt;size&gt;&lt;unit-prefix&gt;B", a whole number and one of K, M and G.</summary>
    private static bool IsPageSize(string size) =>
        size.Length > 2 && size[^1] == 'B' && size[^2] is 'K' or 'M' or 'G' && size[0] != '0' && size.AsSpan(..^2).IndexOfAnyExceptInRange('0', '9') < 0;
}
