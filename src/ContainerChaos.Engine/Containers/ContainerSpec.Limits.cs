using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

// What the container may use.
internal static partial class ContainerSpec
{
    /// <summary>What of its resources stays as it is for as long as the container exists.</summary>
    private static ResourcesSpec FixedResources(ContainerCreateOptions options, IReadOnlyList<DeviceRuleSpec> rules, string subject)
    {
        var rates = new BlockIOSpec
        {
            ThrottleReadBpsDevice = DeviceRateArgument.Parse("DeviceReadBps", options.DeviceReadBps, isBytes: true, subject),
            ThrottleWriteBpsDevice = DeviceRateArgument.Parse("DeviceWriteBps", options.DeviceWriteBps, isBytes: true, subject),
            ThrottleReadIOPSDevice = DeviceRateArgument.Parse("DeviceReadIops", options.DeviceReadIops, isBytes: false, subject),
            ThrottleWriteIOPSDevice = DeviceRateArgument.Parse("DeviceWriteIops", options.DeviceWriteIops, isBytes: false, subject),
        };
        var hasRates = options.DeviceReadBps.Count + options.DeviceWriteBps.Count + options.DeviceReadIops.Count + options.DeviceWriteIops.Count > 0;
        return new ResourcesSpec { Devices = rules, BlockIO = hasRates ? rates : null };
    }

    /// <summary>
    /// The devices that were asked for, and the rules about them; neither for a container without any, which needs no devices controller
    /// (docs/decisions/0003). An ordinary user's devices are mounts, see <see cref="Mounts"/>: no rule could be set for them.
    /// </summary>
    private static (IReadOnlyList<DeviceSpec> Devices, IReadOnlyList<DeviceRuleSpec> Rules) Devices(ContainerCreateOptions options, string subject)
    {
        if (options.Devices.Count == 0 && options.DeviceCgroupRules.Count == 0 && !options.Privileged)
            return ([], []);
        var parsed = options.Devices.Select(text => DeviceArgument.Parse(text, subject)).ToArray();
        var given = options.DeviceCgroupRules.Select(text => DeviceRuleArgument.Parse(text, subject)).ToArray();
        if (OrdinaryUser.Maps is not null)
            return ([], []);
        if (options.Privileged)
            return ([.. parsed.SelectMany(pair => pair.Devices)], [new DeviceRuleSpec { Allow = true, Access = "rwm" }]);
        return (
            [.. parsed.SelectMany(pair => pair.Devices)],
            [new DeviceRuleSpec { Allow = false, Access = "rwm" }, .. parsed.SelectMany(pair => pair.Rules), .. given]);
    }
}
