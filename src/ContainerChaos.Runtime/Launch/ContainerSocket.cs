using System.Net;
using System.Net.Sockets;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>TCP connections out of a container's network namespace, made by a process that stays outside.</summary>
public static class ContainerSocket
{
    private const int SOCK_STREAM = 1, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000, AF_INET = 2, AF_INET6 = 10;

    /// <summary>Begins a connection; the socket is writable when it stands or has failed.</summary>
    /// <param name="container">The container's PID 1.</param>
    /// <param name="pid">Its PID.</param>
    /// <param name="endPoint">An address as the container sees it.</param>
    /// <exception cref="ErrnoException">It failed at once, or the namespace can't be joined.</exception>
    /// <remarks>
    /// A socket belongs to the namespace that it is made in, whoever uses it. Root's thread goes there and back; the network of an
    /// ordinary user's container belongs to a user namespace, which only a process of one thread can join, and not leave again:
    /// a clone does, and hands the socket over.
    /// </remarks>
    public static InternetSocket BeginConnect(PidFd container, int pid, IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(endPoint);
        var namespaces = ContainerNamespaces.Of(pid);
        if (((namespaces.Outer | namespaces.Inner) & CloneFlags.CLONE_NEWNET) == 0)
            return InternetSocket.BeginConnect(endPoint);
        if ((namespaces.Outer & CloneFlags.CLONE_NEWNET) != 0)
        {
            using var network = NetworkNamespace.TryOpen(pid) ?? throw new ErrnoException(Errno.ESRCH, "open", $"/proc/{pid}/ns/net");
            return network.Run(() => InternetSocket.BeginConnect(endPoint));
        }
        return InternetSocket.BeginConnect(Open(container, namespaces, endPoint.AddressFamily), endPoint);
    }

    private static FileDescriptor Open(PidFd container, ContainerNamespaces namespaces, AddressFamily family)
    {
        FileDescriptor? made = null;
        using var program = new ChildProgram();
        ChildSlot target = program.NewSlot(), socket = program.NewSlot();
        namespaces.Join(program, target, except: ~(CloneFlags.CLONE_NEWUSER | CloneFlags.CLONE_NEWNET));
        program.Call(
            "make a socket", SystemCallNumber.socket,
            family == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0).Into(socket);
        program.Ask("hand the socket over", (child, values) => made = child.OpenDescriptor(values[0]), socket);
        program.Call("end", SystemCallNumber.exit_group, 0);
        using var child = program.Start(CloneFlags.None, cgroup: null, (target, container.Number));
        var failure = child.WaitForExecute();
        using (child.Process)
        {
            if (failure is null)
                child.Process.WaitForExit();
        }
        return made ?? throw new ErrnoException(failure?.Errno ?? Errno.ESRCH, failure?.Step ?? "setns");
    }
}
