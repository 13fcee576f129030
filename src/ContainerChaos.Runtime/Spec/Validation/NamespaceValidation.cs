using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What must be so of the namespaces, and of what only a namespace of one's own allows.</summary>
internal static class NamespaceValidation
{
    internal static readonly string[] Types = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"];

    /// <summary>user_namespaces(7): up to 340 lines since Linux 4.15.</summary>
    private const int MaximumMappings = 340;

    /// <summary>What sethostname(2) and setdomainname(2) take (utsname.h, __NEW_UTS_LEN).</summary>
    private const int MaximumHostName = 64;

    internal static void Check(RuntimeSpec spec, LinuxSpec linux)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entry, field) in new SpecField("linux.namespaces").Items(linux.Namespaces))
        {
            field["type"].RequireOneOf(entry.Type, Types, "type of namespace");
            if (!present.Add(entry.Type))
                throw field["type"].Invalid($"there are two {entry.Type} namespaces");
            if (entry.Path is { Length: > 0 })
                field["path"].RequireAbsolute(entry.Path);
        }

        CheckName(spec.Hostname, new SpecField("hostname"));
        CheckName(spec.Domainname, new SpecField("domainname"));
        CheckUser(linux, present);
        CheckTime(linux, present);
        if ((linux.MaskedPaths.Count > 0 || linux.ReadonlyPaths.Count > 0) && !present.Contains("mount"))
        {
            throw new SpecField(linux.MaskedPaths.Count > 0 ? "linux.maskedPaths" : "linux.readonlyPaths").Invalid(
                "it needs a mount namespace in linux.namespaces");
        }
        if (linux.NetDevices is { Count: > 0 })
            CheckNetDevices(linux, present);

        void CheckName(string? name, SpecField field)
        {
            if (string.IsNullOrEmpty(name))
                return;
            if (!present.Contains("uts"))
                throw field.Invalid("it needs a uts namespace in linux.namespaces");
            if (System.Text.Encoding.UTF8.GetByteCount(name) > MaximumHostName)
                throw field.Invalid($"it is longer than {MaximumHostName} bytes");
        }
    }

    /// <summary>Whether the network namespace is the one that this process is in.</summary>
    internal static bool IsOwnNetwork(LinuxSpec linux)
    {
        var network = linux.Namespaces.FirstOrDefault(n => n.Type == "network");
        if (network is null)
            return true;
        if (network.Path is not { Length: > 0 } path)
            return false;
        try
        {
            using var theirs = FileDescriptor.Open(path, OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
            using var own = FileDescriptor.Open("/proc/self/ns/net", OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
            FileStatus a = FileStatus.Read(theirs), b = FileStatus.Read(own);
            return (a.Device, a.Inode) == (b.Device, b.Inode);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"linux.namespaces: the network namespace {path}: {e.Message}.", path, e);
        }
    }

    internal static void CheckMappings(IReadOnlyList<IdMappingSpec> mappings, SpecField list)
    {
        if (mappings.Count > MaximumMappings)
            throw list.Invalid($"{mappings.Count} lines; the kernel takes {MaximumMappings}");
        foreach (var (mapping, field) in list.Items(mappings))
        {
            if (mapping.Size == 0)
                throw field["size"].Invalid("it must be greater than zero");
            // The last id, 4294967295, means "no id" to the kernel.
            if ((ulong)mapping.ContainerID + mapping.Size > uint.MaxValue)
                throw field["size"].Invalid($"the range {mapping.ContainerID}+{mapping.Size} goes beyond the last id");
            if ((ulong)mapping.HostID + mapping.Size > uint.MaxValue)
                throw field["size"].Invalid($"the range {mapping.HostID}+{mapping.Size} on the host goes beyond the last id");
        }
        for (var i = 1; i < mappings.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (Overlap(mappings[i].ContainerID, mappings[i].Size, mappings[j].ContainerID, mappings[j].Size)
                    || Overlap(mappings[i].HostID, mappings[i].Size, mappings[j].HostID, mappings[j].Size))
                {
                    throw list[i].Invalid($"it overlaps with {list[j]}");
                }
            }
        }

        static bool Overlap(uint a, uint sizeOfA, uint b, uint sizeOfB) => (ulong)a < (ulong)b + sizeOfB && (ulong)b < (ulong)a + sizeOfA;
    }

    private static void CheckUser(LinuxSpec linux, HashSet<string> present)
    {
        foreach (var (name, mappings) in (ReadOnlySpan<(string, IReadOnlyList<IdMappingSpec>)>)[("uidMappings", linux.UidMappings), ("gidMappings", linux.GidMappings)])
        {
            var field = new SpecField("linux")[name];
            if (mappings.Count > 0 && !present.Contains("user"))
                throw field.Invalid("it needs a user namespace in linux.namespaces");
            CheckMappings(mappings, field);
        }
    }

    private static void CheckTime(LinuxSpec linux, HashSet<string> present)
    {
        var field = new SpecField("linux.timeOffsets");
        if (linux.TimeOffsets is not { Count: > 0 })
            return;
        if (!present.Contains("time"))
            throw field.Invalid("it needs a time namespace in linux.namespaces");
        if (linux.Namespaces.Any(n => n is { Type: "time", Path.Length: > 0 }))
            throw field.Invalid("the clocks of a time namespace that is joined can't be set");
        foreach (var (clock, offset, entry) in field.Entries(linux.TimeOffsets))
        {
            if (clock is not ("monotonic" or "boottime"))
                throw entry.Invalid($"'{clock}' is not a clock of a time namespace; they are monotonic and boottime");
            entry["nanosecs"].RequireBetween(offset.Nanosecs, 0, 999_999_999);
        }
    }

    private static void CheckNetDevices(LinuxSpec linux, HashSet<string> present)
    {
        var list = new SpecField("linux.netDevices");
        if (!present.Contains("network"))
            throw list.Invalid("it needs a network namespace in linux.namespaces");
        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, device, field) in list.Entries(linux.NetDevices))
        {
            CheckInterface(name, field);
            var target = device.Name is { Length: > 0 } renamed ? renamed : name;
            CheckInterface(target, field["name"]);
            if (!target.Contains("%d", StringComparison.Ordinal) && !targets.Add(target))
                throw field["name"].Invalid($"two interfaces are to be called '{target}'");
        }
    }

    /// <summary>What the kernel takes as a name (net/core/dev.c, dev_valid_name).</summary>
    private static void CheckInterface(string name, SpecField field)
    {
        const int IFNAMSIZ = 16;
        if (name.Length >= IFNAMSIZ || name is "." or ".." || name.Any(c => c is '/' or ':' || char.IsWhiteSpace(c)))
            throw field.Invalid($"invalid network device name '{name}'");
    }
}
