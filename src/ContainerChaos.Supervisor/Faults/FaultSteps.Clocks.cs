using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

// Those of a container's clocks: a process can't be given others, so that PID 1 is started anew with them.
internal static partial class FaultSteps
{
    private static void SetClocks(FaultStep step)
    {
        var paths = PathsOf(step);
        using var monitor = MonitorClient.TryConnect(paths) ?? throw new ErrnoException(Errno.ESRCH, "connect", paths.ControlSocket);
        JsonFile.Write(paths.Clocks, step.Clocks!, SupervisorJson.ClockOffsets);
        monitor.Restart(TimeSpan.Zero);
    }

    private static void ResetClocks(FaultStep step)
    {
        var paths = PathsOf(step);
        const int attempts = 10;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                File.Delete(paths.Clocks);
                using var monitor = Adopt(paths);
                // One that is on its way may have found the file.
                if (monitor?.GetState() is { } state && (state.Status == ContainerStatus.Restarting || (state.Status is ContainerStatus.Running or ContainerStatus.Paused && TimeNamespace.HasOffsets(state.Pid))))
                    monitor.Restart(TimeSpan.Zero);
                return;
            }
            catch (DirectoryNotFoundException)
            {
                // The container is down, and its run directory gone.
                return;
            }
            catch (ContainerException e) when (e.Reason == ErrorReason.MonitorLost && attempt < attempts)
            {
                // It was killed, and is replaced.
            }
        }
    }

    /// <summary>Its monitor, or another in the place of one that was killed; null when it does not run.</summary>
    private static MonitorClient? Adopt(ContainerPaths paths)
    {
        if (MonitorClient.TryConnect(paths) is { } monitor)
            return monitor;
        if (JsonFile.TryReadIntact(paths.State, SupervisorJson.ContainerState) is not { Pid: > 0 } state || ProcessStat.TryReadStartTime(state.Pid) != state.PidStartTime)
            return null;
        MonitorLauncher.Adopt("/proc/self/exe", paths);
        return MonitorClient.TryConnect(paths);
    }

    private static ContainerPaths PathsOf(FaultStep step) => new(step.Container!, step.Path!);
}
