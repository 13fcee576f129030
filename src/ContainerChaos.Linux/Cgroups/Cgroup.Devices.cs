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
        if (table.Exceptions.Count == 0)
            return;
        // Opened once: it is a dozen rules in every container, and one write each.
        var path = $"{part.Directory}/{(table.AllowsByDefault ? "devices.deny" : "devices.allow")}";
        using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY);
        foreach (var rule in table.Exceptions)
        {
            // In the file, "a" would be about every device, whatever its numbers.
            ReadOnlySpan<FileKind> kinds = rule.Kind is { } kind ? [kind] : [FileKind.CharacterDevice, FileKind.BlockDevice];
            foreach (var each in kinds)
                Write(file, path, (rule with { Kind = each }).ToString());
        }

        static void Write(FileDescriptor file, string path, string rule)
        {
            try
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(rule));
            }
            catch (ErrnoException e)
            {
                throw new ErrnoException(e.Errno, "write", $"'{rule}' to {path}");
            }
        }
    }
}
