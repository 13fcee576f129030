using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// The rules about devices of a container (runtime-spec, config-linux: Allowed Device list), and those that every runtime adds:
/// nodes may be made of everything, and used of what is in every container's /dev.
/// </summary>
internal static class DeviceRules
{
    private const string Field = "devices";

    // As the peers have them: clients rely on them without asking, and on /dev/net/tun for VPNs.
    private static readonly CgroupDeviceRule[] AddedRules =
    [
        new(Allow: true, FileKind.CharacterDevice, null, null, DeviceAccess.MakeNode),
        new(Allow: true, FileKind.BlockDevice, null, null, DeviceAccess.MakeNode),
        Character(1, 3), // null
        Character(1, 5), // zero
        Character(1, 7), // full
        Character(1, 8), // random
        Character(1, 9), // urandom
        Character(5, 0), // tty
        Character(5, 1), // console
        Character(5, 2), // ptmx
        Character(136, null), // pts/*
        Character(10, 200), // net/tun
    ];

    /// <summary>Sets the rules that the specification gives, and the added ones after them.</summary>
    internal static void Apply(Cgroup group, IReadOnlyList<DeviceRuleSpec> rules) =>
        Set(group, [.. rules.Select(Parse).OfType<CgroupDeviceRule>(), .. AddedRules], isExplicit: true, mayFail: rules.All(rule => rule.Allow));

    /// <summary>Sets the rules for a container whose specification has none: it may use its own devices and the added ones.</summary>
    internal static void ApplyDefault(Cgroup group, IReadOnlyList<DeviceSpec> devices)
    {
        var own = devices.Where(device => device.Type is "b" or "c" or "u").Select(device => new CgroupDeviceRule(
            Allow: true, device.Type == "b" ? FileKind.BlockDevice : FileKind.CharacterDevice, (uint?)device.Major, (uint?)device.Minor, DeviceAccess.All));
        Set(group, [.. own, .. AddedRules], isExplicit: false, mayFail: true);
    }

    private static void Set(Cgroup group, IReadOnlyList<CgroupDeviceRule> rules, bool isExplicit, bool mayFail)
    {
        // In a user namespace the kernel sets none for us, and no node made there can be opened anyway (user_namespaces(7)); an
        // ordinary user's containers are in one.
        if (!UserNamespace.IsInitial || OwnIdentity.User != 0 || (!isExplicit && !group.Has("devices")))
            return;
        var limits = new LimitWriter(group);
        limits.IsUnified(Field, "devices");
        try
        {
            group.SetDevices(rules);
        }
        catch (ErrnoException e) when (mayFail && e.Call == "bpf")
        {
            // A kernel or a caller without bpf(2), and nothing that was asked to be denied.
        }
        catch (ErrnoException e)
        {
            throw limits.Failure(Field, "devices", e);
        }
    }

    private static CgroupDeviceRule? Parse(DeviceRuleSpec rule, int index)
    {
        var field = $"{Field}[{index}]";
        FileKind? kind = rule.Type switch
        {
            null or "" or "a" => null,
            "b" => FileKind.BlockDevice,
            "c" or "u" => FileKind.CharacterDevice,
            _ => throw LimitWriter.Error(ErrorReason.InvalidArgument, field + ".type", $"'{rule.Type}' is not a, b or c"),
        };
        var access = DeviceAccess.None;
        foreach (var letter in rule.Access ?? "rwm")
        {
            access |= letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                'm' => DeviceAccess.MakeNode,
                // Not in the specification, but in the wild.
                'a' => DeviceAccess.None,
                _ => throw LimitWriter.Error(ErrorReason.InvalidArgument, field + ".access", $"'{rule.Access}' holds more than r, w and m"),
            };
        }
        // A rule about no kind of access says nothing; for all devices it means all of them, as the kernel has it.
        if (access == DeviceAccess.None && kind is not null)
            return null;
        return new CgroupDeviceRule(rule.Allow, kind, Number(rule.Major, field + ".major"), Number(rule.Minor, field + ".minor"), access == DeviceAccess.None ? DeviceAccess.All : access);
    }

    // Below 0 is the way of older clients to say "any".
    private static uint? Number(long? number, string field) => number switch
    {
        null or < 0 => null,
        <= int.MaxValue => (uint)number,
        _ => throw LimitWriter.Error(ErrorReason.InvalidArgument, field, $"{number} is not a device number"),
    };

    private static CgroupDeviceRule Character(uint major, uint? minor) => new(Allow: true, FileKind.CharacterDevice, major, minor, DeviceAccess.All);
}
