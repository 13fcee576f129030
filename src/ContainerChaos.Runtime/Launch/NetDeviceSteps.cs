using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Moves network interfaces of the host into a container (runtime-spec, config-linux: Network Devices). It is the parent
/// that moves them, out of its own network namespace; the child lends it a socket that is in the container's.
/// </summary>
internal static class NetDeviceSteps
{
    internal static void Move(ChildProgram program, IReadOnlyDictionary<string, NetDeviceSpec>? devices)
    {
        if (devices is not { Count: > 0 })
            return;
        const int AF_NETLINK = 16, SOCK_RAW_CLOEXEC = 0x80003, NETLINK_ROUTE = 0;
        var socket = program.NewSlot();
        program.Call("open a routing socket", SystemCallNumber.socket, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE).Into(socket);
        program.Ask("move the network interfaces", (child, values) =>
        {
            using var inside = new RouteSocket(child.OpenDescriptor(values[0]));
            using var outside = RouteSocket.Open();
            using var target = FileDescriptor.Open($"/proc/{child.Pid}/ns/net", OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
            foreach (var (name, device) in devices)
                Move(outside, inside, target, name, device.Name is { Length: > 0 } renamed ? renamed : name);
        }, socket);
    }

    private static void Move(RouteSocket outside, RouteSocket inside, FileDescriptor target, string name, string newName)
    {
        var field = new SpecField("linux.netDevices")[name];
        try
        {
            var link = outside.Links().FirstOrDefault(l => l.Name == name)
                ?? throw new ContainerException(ErrorReason.InvalidArgument, $"{field}: there is no such network interface.", name) { Errno = Errno.ENODEV };
            var present = inside.Links();
            if (present.Any(l => l.Name == newName))
                throw field["name"].Invalid($"the container has an interface '{newName}' already");
            // Before it is set down, which loses the addresses of version 6.
            var addresses = outside.Addresses(link.Index);
            outside.SetState(link, up: false);
            outside.Move(link, target, newName);
            // The kernel may have given it another number, and with %d it chose the name.
            var moved = inside.Links().First(l => l.Name == newName || (newName.Contains("%d", StringComparison.Ordinal) && !present.Contains(l)));
            foreach (var address in addresses)
            {
                if (address.IsPermanentAndGlobal)
                    inside.Add(moved, address);
            }
            inside.SetState(moved, up: true);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.StartFailed, $"{field}: the network interface can't be moved: {e.Message}.", name, e);
        }
    }
}
