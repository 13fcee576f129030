namespace ContainerChaos.Linux;

/// <summary>A network namespace that is held open, and that a thread can work in for a while (network_namespaces(7)).</summary>
/// <remarks>It goes with the last process in it and the last descriptor of it; its interfaces go then, or return to the host.</remarks>
public sealed class NetworkNamespace : FileDescriptor
{
    private const int CLONE_NEWNET = 0x40000000;

    private NetworkNamespace(FileDescriptor descriptor)
        : base(descriptor.Number) => descriptor.SetHandleAsInvalid();

    /// <summary>A path by which another process of this PID namespace can open it for as long as this one holds it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{Number}";

    /// <summary>Makes a new one. It has a loopback interface, which is down.</summary>
    /// <exception cref="ErrnoException">EPERM: without CAP_SYS_ADMIN; ENOSPC: there are too many.</exception>
    public static NetworkNamespace Create()
    {
        using var own = OfThisThread();
        Libc.Checked("unshare", "the network namespace", Libc.SystemCall((nint)SystemCallNumber.unshare, CLONE_NEWNET));
        try
        {
            return OfThisThread();
        }
        finally
        {
            own.Join();
        }
    }

    /// <summary>That of a process; null when the process is gone.</summary>
    public static NetworkNamespace? TryOpen(int pid) =>
        TryOpen($"/proc/{pid}/ns/net");

    /// <summary>That which a file stands for; null when there is no such file.</summary>
    public static NetworkNamespace? TryOpen(string path) =>
        TryOpen(path, OpenFlags.O_RDONLY, 0, out _) is { } descriptor ? new NetworkNamespace(descriptor) : null;

    /// <summary>Does something in this namespace: sockets that are made and files of /proc/sys/net that are opened meanwhile are its own.</summary>
    public T Run<T>(Func<T> work)
    {
        using var own = OfThisThread();
        Join();
        try
        {
            return work();
        }
        finally
        {
            own.Join();
        }
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    private static NetworkNamespace OfThisThread() => new(Open("/proc/thread-self/ns/net", OpenFlags.O_RDONLY));

    private void Join() => Libc.Checked("setns", "the network namespace", Libc.SystemCall((nint)SystemCallNumber.setns, Number, CLONE_NEWNET));
}
