namespace ContainerChaos.Linux;

// Which devices the processes of a group may use.
public sealed partial class Cgroup
{
    /// <summary>
    /// Sets the rules about devices, in place of those before; what none is about is denied. A version 1 controller takes them
    /// one by one, on version 2 they become an eBPF program.
    /// </summary>
    /// <param name="rules">The rules; of several that match, the last one counts.</param>
    /// <exception cref="ErrnoException">
    /// ENODEV: the host has neither; EPERM: the caller may not, as in a user namespace, or a group above this one does not have
    /// what is allowed here; EOPNOTSUPP: on version 1, a rule that denies a part of what an earlier one allows.
    /// </exception>
    public void SetDevices(IReadOnlyList<CgroupDeviceRule> rules)
    {
        var part = Find("devices");
        if (part.IsUnified)
        {
            using var program = BpfProgram.LoadDeviceFilter(DeviceProgram.Compile(rules));
            using var directory = FileDescriptor.Open(part.Directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
            program.AttachTo(directory);
            return;
        }
        var table = DeviceTable.Reduce(rules, out var impossible);
        if (impossible is not null)
            throw new ErrnoException(Errno.EOPNOTSUPP, "cgroup", $"(a version 1 controller cannot take '{impossible}' out of a rule that is about more)");
        // Writing "a" forgets all earlier rules.
        CgroupDirectory.Write(part.Directory, table.AllowsByDefault ? "devices.allow" : "devices.deny", "a");
        var file = table.AllowsByDefault ? "devices.deny" : "devices.allow";
        foreach (var rule in table.Exceptions)
        {
            // In the file, "a" would be about every device, whatever its numbers.
            FileKind[] kinds = rule.Kind is { } kind ? [kind] : [FileKind.CharacterDevice, FileKind.BlockDevice];
            foreach (var each in kinds)
                CgroupDirectory.Write(part.Directory, file, (rule with { Kind = each }).ToString());
        }
    }
}
