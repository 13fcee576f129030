namespace ContainerChaos.Runtime;

/// <summary>Sets the shares and the limits on block devices (runtime-spec, config-linux: Block IO).</summary>
internal static class BlockIOLimits
{
    private const string Controller = "blkio";

    internal static void Apply(LimitWriter limits, BlockIOSpec io)
    {
        if (FirstField(io) is not { } field)
            return;
        if (limits.IsUnified(field, Controller))
            ApplyUnified(limits, io);
        else
            ApplyLegacy(limits, io);
    }

    private static void ApplyUnified(LimitWriter limits, BlockIOSpec io)
    {
        const string budget = "io.bfq.weight", cost = "io.weight";
        if (io.LeafWeight is > 0)
            throw NoLeaves("blockIO.leafWeight");
        // Which scheduler the device has decides which of the two files is there; BFQ counts as version 1 did, 1 to 1000.
        var isBudget = limits.Exists(Controller, budget);
        if (io.Weight is { } weight and > 0)
            limits.Write("blockIO.weight", Controller, isBudget ? budget : cost, LimitWriter.Text(isBudget ? weight : ToWeight(weight)));
        for (var i = 0; i < io.WeightDevice.Count; i++)
        {
            var device = io.WeightDevice[i];
            var field = $"blockIO.weightDevice[{i}]";
            if (device.LeafWeight is > 0)
                throw NoLeaves(field + ".leafWeight");
            if (device.Weight is { } share and > 0)
                limits.Write(field + ".weight", Controller, isBudget ? budget : cost, $"{device.Major}:{device.Minor} {(isBudget ? share : ToWeight(share))}");
        }
        Throttle("blockIO.throttleReadBpsDevice", io.ThrottleReadBpsDevice, "rbps");
        Throttle("blockIO.throttleWriteBpsDevice", io.ThrottleWriteBpsDevice, "wbps");
        Throttle("blockIO.throttleReadIOPSDevice", io.ThrottleReadIOPSDevice, "riops");
        Throttle("blockIO.throttleWriteIOPSDevice", io.ThrottleWriteIOPSDevice, "wiops");

        void Throttle(string field, IReadOnlyList<ThrottleDeviceSpec> devices, string key)
        {
            for (var i = 0; i < devices.Count; i++)
                limits.Write($"{field}[{i}].rate", Controller, "io.max", $"{devices[i].Major}:{devices[i].Minor} {key}={(devices[i].Rate == 0 ? "max" : LimitWriter.Text(devices[i].Rate))}");
        }

        static ContainerException NoLeaves(string field) => LimitWriter.Error(ErrorReason.NotSupported, field, "cgroup version 2 has no leaf weights");
    }

    private static void ApplyLegacy(LimitWriter limits, BlockIOSpec io)
    {
        // Since CFQ went with Linux 5.0, only BFQ has weights, in files of its own name.
        var prefix = limits.Exists(Controller, "blkio.weight") ? "blkio." : limits.Exists(Controller, "blkio.bfq.weight") ? "blkio.bfq." : "blkio.";
        if (io.Weight is { } weight and > 0)
            limits.Write("blockIO.weight", Controller, prefix + "weight", weight);
        if (io.LeafWeight is { } leaf and > 0)
            limits.Write("blockIO.leafWeight", Controller, "blkio.leaf_weight", leaf);
        for (var i = 0; i < io.WeightDevice.Count; i++)
        {
            var device = io.WeightDevice[i];
            if (device.Weight is { } share and > 0)
                limits.Write($"blockIO.weightDevice[{i}].weight", Controller, prefix + "weight_device", $"{device.Major}:{device.Minor} {share}");
            if (device.LeafWeight is { } leafShare and > 0)
                limits.Write($"blockIO.weightDevice[{i}].leafWeight", Controller, "blkio.leaf_weight_device", $"{device.Major}:{device.Minor} {leafShare}");
        }
        Throttle("blockIO.throttleReadBpsDevice", io.ThrottleReadBpsDevice, "blkio.throttle.read_bps_device");
        Throttle("blockIO.throttleWriteBpsDevice", io.ThrottleWriteBpsDevice, "blkio.throttle.write_bps_device");
        Throttle("blockIO.throttleReadIOPSDevice", io.ThrottleReadIOPSDevice, "blkio.throttle.read_iops_device");
        Throttle("blockIO.throttleWriteIOPSDevice", io.ThrottleWriteIOPSDevice, "blkio.throttle.write_iops_device");

        void Throttle(string field, IReadOnlyList<ThrottleDeviceSpec> devices, string file)
        {
            for (var i = 0; i < devices.Count; i++)
                limits.Write($"{field}[{i}].rate", Controller, file, $"{devices[i].Major}:{devices[i].Minor} {devices[i].Rate}");
        }
    }

    /// <summary>Version 1 weights, 10 to 1000, as version 2 has them, 1 to 10000.</summary>
    internal static long ToWeight(long weight) => 1 + ((weight - 10) * 9999 / 990);

    private static string? FirstField(BlockIOSpec io) => io switch
    {
        { Weight: > 0 } => "blockIO.weight",
        { LeafWeight: > 0 } => "blockIO.leafWeight",
        { WeightDevice.Count: > 0 } => "blockIO.weightDevice",
        { ThrottleReadBpsDevice.Count: > 0 } => "blockIO.throttleReadBpsDevice",
        { ThrottleWriteBpsDevice.Count: > 0 } => "blockIO.throttleWriteBpsDevice",
        { ThrottleReadIOPSDevice.Count: > 0 } => "blockIO.throttleReadIOPSDevice",
        { ThrottleWriteIOPSDevice.Count: > 0 } => "blockIO.throttleWriteIOPSDevice",
        _ => null,
    };
}
