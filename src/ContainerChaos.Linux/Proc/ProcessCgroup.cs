using System.Text;

namespace ContainerChaos.Linux;

/// <summary>Reads which control groups processes are in (cgroups(7), /proc/PID/cgroup).</summary>
public static class ProcessCgroup
{
    /// <summary>Whether one of a process's groups has a name in its path; false when the process is gone. A zombie is in no version 1 group.</summary>
    /// <param name="pid">The PID.</param>
    /// <param name="name">The name.</param>
    public static bool Mentions(int pid, string name)
    {
        Span<byte> buffer = stackalloc byte[ProcFile.BufferSize];
        var length = ProcFile.TryRead(pid, "cgroup"u8, buffer);
        return length > 0 && buffer[..length].IndexOf(Encoding.UTF8.GetBytes(name)) >= 0;
    }
}
