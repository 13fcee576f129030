using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Takes a container apart: its processes, its control group, its directory; then the poststop hooks.</summary>
internal static class ContainerRemoval
{
    internal const int SIGKILL = 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What an end takes unless something is in its way.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(100);

    /// <summary>Kills a container's first process, and every other one where they do not die with it.</summary>
    /// <exception cref="ContainerException"><see cref="ErrorReason.Timeout"/>: it did not end, as a process in an uninterruptible wait does not.</exception>
    internal static void Kill(StoredContainer container)
    {
        var cgroup = container.Cgroup();
        using (var process = container.OpenProcess())
        {
            process?.SendSignal(SIGKILL);
            // A frozen process takes its end only when it is thawed; on version 2 SIGKILL itself does that.
            if (cgroup is { IsFrozen: true })
                cgroup.Thaw();
            if (process is not null && !WaitForEnd(container, process, Usual))
            {
                cgroup?.BringBack();
                if (!WaitForEnd(container, process, Patience))
                    throw Late(container);
            }
        }
        if (!HasOwnPids(container.Spec))
            cgroup?.KillAll(SIGKILL);
    }

    private static ContainerException Late(StoredContainer container) =>
        new(ErrorReason.Timeout, $"{container.Id}: PID {container.Record!.Pid} did not end within {Patience.TotalSeconds} s of SIGKILL.", container.Id)
        {
            Remedy = "It waits inside the kernel: see /proc/PID/stack, and that of those in its PID namespace, for whose ends it waits.",
        };

    /// <summary>
    /// The end of the process is an event; that it waits in its end only for others to be reaped by a parent outside the container,
    /// which may take as long as that parent likes, is none, and is looked for now and then.
    /// </summary>
    private static bool WaitForEnd(StoredContainer container, PidFd process, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = 10; Stopwatch.GetElapsedTime(started) < patience; pause = Math.Min(pause * 2, 200))
        {
            if (process.WaitForEnd(TimeSpan.FromMilliseconds(pause)) || container.Status() == ContainerStatus.Exited)
                return true;
        }
        return false;
    }

    /// <summary>Removes a container whose processes have ended.</summary>
    internal static void Remove(StoredContainer container, RuntimeLog log)
    {
        var (spec, state) = (container.Spec, container.Document("stopped"));
        if (container.Record?.Cgroup is { } cgroup)
            ContainerCgroup.ForRemoval(container.Id, cgroup).Delete();
        container.Remove();
        if (spec.Hooks is { Poststop.Count: > 0 } hooks)
            new HookRunner(container.Id, spec).RunAll("poststop", hooks.Poststop, state, log);
    }

    /// <summary>Whether the end of the first process is the end of all (pid_namespaces(7)).</summary>
    internal static bool HasOwnPids(RuntimeSpec spec) => spec.Linux?.Namespaces.Any(n => n.Type == "pid" && n.Path is null or "") == true;
}
