using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;

namespace ContainerChaos.Runtime;

/// <summary>The steps that fill /dev: the devices that every container has, those of the spec, and links (runtime-spec, config-linux: Devices).</summary>
/// <remarks>
/// A node is made where that is allowed. In a user namespace it is not, and where device nodes open nothing (<see
/// cref="LaunchOptions.WithoutDeviceNodes"/>) it would be useless: there one of the host is bound.
/// </remarks>
internal sealed class DeviceSteps(ChildProgram program, RootSteps root, MountPlan plan)
{
    private const uint DefaultMode = 0x1B6; // 0666

    /// <summary>runtime-spec, config-linux: Default Devices.</summary>
    private static readonly DeviceSpec[] Defaults =
    [
        Character("null", 3), Character("zero", 5), Character("full", 7), Character("random", 8), Character("urandom", 9),
        new() { Path = "/dev/tty", Type = "c", Major = 5, Minor = 0 },
    ];

    private readonly MountCalls _calls = root.Calls;

    /// <summary>Makes all of them.</summary>
    internal void Make()
    {
        // In an image's own /dev nothing is made through a link of the image's.
        if (!root.HasMount("/dev"))
            root.OpenOrMakeOrdinaryDirectory("/dev", "/dev must be an ordinary directory to have devices");
        // The modes below are meant; ProcessSteps sets the process's own mask.
        program.Call("set the umask", SystemCallNumber.umask, 0);
        var given = plan.Linux.Devices;
        for (var i = 0; i < given.Count; i++)
            Make(given[i], $"linux.devices[{i}]", isGiven: true);
        foreach (var device in Defaults)
        {
            if (!given.Any(d => RootSteps.Normalize(d.Path) == device.Path))
                Make(device, device.Path, isGiven: false);
        }
        Link();
    }

    private static DeviceSpec Character(string name, long minor) => new() { Path = "/dev/" + name, Type = "c", Major = 1, Minor = minor };

    private void Make(DeviceSpec device, string field, bool isGiven)
    {
        var path = RootSteps.Normalize(device.Path);
        // One without a path is there for the device controller's sake; ptmx is a link to the container's own.
        if (path is "/" or "/dev/ptmx")
            return;
        var type = device.Type switch
        {
            "c" or "u" => S_IFCHR,
            "b" => S_IFBLK,
            "p" => S_IFIFO,
            _ => throw new ContainerException(ErrorReason.InvalidArgument, $"{field}.type: '{device.Type}' is none of c, u, b and p.", device.Path),
        };
        if (type != S_IFIFO && (root.InUserNamespace || plan.Options.WithoutDeviceNodes))
            Bind(device, path, isGiven ? MakeInParent(device, type) : null);
        else
            MakeNode(device, path, type);
    }

    private void MakeNode(DeviceSpec device, string path, int type)
    {
        var step = $"make the device {path}";
        var (directory, name) = root.OpenOrMakeParent(path);
        var mode = type | (int)((device.FileMode ?? DefaultMode) & 0xFFF);
        var made = program.Call(step, SystemCallNumber.mknodat, directory, program.Text(name), mode, Number(device, type));
        // EEXIST: the image has one, or the spec has it twice. EPERM: no CAP_MKNOD.
        made.Tolerating(Errno.EEXIST, Errno.EPERM);
        var after = program.Count;
        var failed = program.NewSlot();
        made.KeepingErrnoIn(failed);
        var exists = program.SkipIf(failed, (long)Errno.EEXIST);
        var afterExists = program.Count;
        Bind(device, path, null);
        exists.SkippingOnSuccess(program.Count - afterExists);
        made.SkippingOnSuccess(program.Count - after);
        if ((device.Uid ?? 0, device.Gid ?? 0) == (0, 0))
            return;
        var skip = program.SkipIf(failed, (long)Errno.EEXIST);
        program.SkipIf(failed, (long)Errno.EPERM, 1);
        program.Call(step, SystemCallNumber.fchownat, directory, program.Text(name), device.Uid ?? 0, device.Gid ?? 0, AT_SYMLINK_NOFOLLOW);
        skip.SkippingOnSuccess(2);
    }

    /// <summary>Binds the host's device of the same name, or the one that the parent made.</summary>
    private void Bind(DeviceSpec device, string path, ChildSlot? made)
    {
        var step = $"bind the device {path}";
        var place = root.OpenOrMakeFile(path);
        ChildStep? attached = null;
        if (made is { } node)
        {
            var absent = program.SkipIf(node, LaunchInputs.Absent);
            var after = program.Count;
            Restrict(step, node);
            attached = _calls.Attach(step, node, place);
            absent.SkippingOnSuccess(program.Count - after);
        }
        var afterAttached = program.Count;
        var tree = program.NewSlot();
        _calls.Copy(step, device.Path, 0, tree);
        Restrict(step, tree);
        _calls.Attach(step, tree, place);
        attached?.SkippingOnSuccess(program.Count - afterAttached);
    }

    /// <summary>A device is nothing to execute.</summary>
    private void Restrict(string step, ChildSlot node)
    {
        if (root.InUserNamespace)
            _calls.SetAttributes(step, node, MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC);
    }

    /// <summary>A device node as the spec wants it, on a file system of the host's user namespace, where it opens the device.</summary>
    private ChildSlot MakeInParent(DeviceSpec device, int type)
    {
        var mode = type | (int)((device.FileMode ?? DefaultMode) & 0xFFF);
        uint user = ToHost(device.Uid ?? 0, plan.Linux.UidMappings), group = ToHost(device.Gid ?? 0, plan.Linux.GidMappings);
        return plan.Inputs.Add(() => DetachedMount.TryMakeDevice(mode, Number(device, type), user, group));
    }

    private static uint ToHost(uint id, IReadOnlyList<IdMappingSpec> mappings) =>
        mappings.FirstOrDefault(m => id >= m.ContainerID && id - m.ContainerID < m.Size) is { } mapping ? id - mapping.ContainerID + mapping.HostID : id;

    /// <summary>makedev(3)</summary>
    private static long Number(DeviceSpec device, int type)
    {
        if (type == S_IFIFO)
            return 0;
        var (major, minor) = (device.Major, device.Minor);
        return ((major & 0xFFFFF000) << 32) | ((major & 0xFFF) << 8) | ((minor & 0xFFFFFF00) << 12) | (minor & 0xFF);
    }

    private void Link()
    {
        var dev = root.OpenOrMakeDirectory("/dev");
        program.Call("remove /dev/ptmx", SystemCallNumber.unlinkat, dev, program.Text("ptmx"), 0).Tolerating(Errno.ENOENT);
        root.Link("pts/ptmx", dev, "ptmx");
        root.Link("/proc/self/fd", dev, "fd");
        root.Link("/proc/self/fd/0", dev, "stdin");
        root.Link("/proc/self/fd/1", dev, "stdout");
        root.Link("/proc/self/fd/2", dev, "stderr");
        if (File.Exists("/proc/kcore"))
            root.Link("/proc/kcore", dev, "core");
    }
}
