using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Does the steps of faults: in the watchdog, and in whoever undoes what a killed one left.</summary>
internal static partial class FaultSteps
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>Does steps in order, up to the first that fails.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="held">Takes the descriptors that the fault lasts as long as.</param>
    /// <exception cref="ErrnoException">A step failed.</exception>
    internal static void Apply(IEnumerable<FaultStep> steps, List<FileDescriptor> held)
    {
        foreach (var step in steps)
            Do(step, held);
    }

    /// <summary>Does the undo steps, all of them: what is gone already needs no undo.</summary>
    /// <returns>What could not be undone, null when nothing is left.</returns>
    internal static string? Undo(FaultRecord record)
    {
        string? error = null;
        foreach (var step in record.Undo)
        {
            try
            {
                Do(step, held: null);
            }
            catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV or Errno.ESRCH)
            {
                // The container is gone, and with it what was done to it.
            }
            catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException or ContainerException)
            {
                error ??= e.Message;
            }
        }
        return error;
    }

    private static void Do(FaultStep step, List<FileDescriptor>? held)
    {
        switch (step.Operation)
        {
            case FaultOperation.Write:
                // Guarded by a process where the path leads through one.
                if (step.Pid == 0 || ProcessStat.TryReadStartTime(step.Pid) == step.PidStartTime)
                    Write(step.Path!, step.Value!, tolerated: (Errno)step.Number);
                break;
            case FaultOperation.Freeze:
                CgroupFreezer.Freeze(step.Path!, s_patience);
                break;
            case FaultOperation.Thaw:
                CgroupFreezer.Thaw(step.Path!);
                break;
            case FaultOperation.Signal:
                {
                    using var process = PidFd.TryOpen(step.Pid, step.PidStartTime);
                    process?.SendSignal(step.Number);
                    break;
                }
            case FaultOperation.SetLimit:
                if (IsAlive(step))
                    ProcessTuning.SetLimit(step.Pid, step.Number, step.Soft, step.Hard);
                break;
            case FaultOperation.SetNice:
                if (IsAlive(step))
                    ProcessTuning.SetNice(step.Pid, step.Number);
                break;
            case FaultOperation.MakeGroup:
                CgroupHost.Current.Group(step.Path!).Create();
                break;
            case FaultOperation.RemoveGroup:
                RemoveGroup(CgroupHost.Current.Group(step.Path!));
                break;
            case FaultOperation.Fill:
                held?.Add(Fill(step));
                break;
            case FaultOperation.MakeFiles:
                MakeFiles(step);
                break;
            case FaultOperation.RemoveFiles:
                RemoveFiles(step);
                break;
            case FaultOperation.SetReadOnly:
                SetReadOnly(step);
                break;
            case FaultOperation.Overwrite:
                Overwrite(step, isUndo: held is null);
                break;
            case FaultOperation.HideFile:
                HideFile(step);
                break;
            case FaultOperation.ShowFile:
                ShowFile(step);
                break;
            case FaultOperation.AddFilter:
                AddFilter(step, isUndo: held is null);
                break;
            case FaultOperation.LimitConnections:
                LimitConnections(step, isUndo: held is null);
                break;
            case FaultOperation.RemoveFilter:
                RemoveFilter(step, isUndo: held is null);
                break;
            case FaultOperation.AddQueue:
                InNetwork(step, held is null, links => AddQueue(links, step));
                break;
            case FaultOperation.RemoveQueue:
                InNetwork(step, isUndo: held is null, links =>
                {
                    if (links.TryFind(step.Value!) is { } link)
                        links.TryRemoveQueue(link);
                });
                break;
            case FaultOperation.SetLink:
                InNetwork(step, held is null, links => links.SetState(Find(links, step), up: step.Number == 1));
                break;
            case FaultOperation.AddRule:
                held?.Add(FaultPointClient.Add(step.Path!, step.Rule!));
                break;
            case FaultOperation.RemoveRule:
                FaultPointClient.Remove(step.Path!, step.Value!);
                break;
            case FaultOperation.SetClocks:
                SetClocks(step);
                break;
            case FaultOperation.ResetClocks:
                ResetClocks(step);
                break;
            case FaultOperation.SealDirectory:
                SealedDirectory.Seal(step.Path!);
                break;
            case FaultOperation.UnsealDirectory:
                SealedDirectory.Unseal(step.Path!);
                break;
            case FaultOperation.StopContainer:
                StopContainer(step);
                break;
            default:
                throw new ErrnoException(Errno.EINVAL, "fault", step.Operation.ToString());
        }
    }

    private static bool IsAlive(FaultStep step) => ProcessStat.TryReadStartTime(step.Pid) == step.PidStartTime;

    private static void Write(string path, string value, Errno tolerated = Errno.None)
    {
        using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY);
        try
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }
        catch (ErrnoException e) when (tolerated == Errno.None || e.Errno != tolerated)
        {
            throw new ErrnoException(e.Errno, "write", $"'{value}' to {path}");
        }
        catch (ErrnoException)
        {
            // As the step says, that is no failure.
        }
    }

    private static void RemoveGroup(Cgroup group)
    {
        if (!group.Exists)
            return;
        group.EndProcesses(s_patience);
        if (!group.TryDelete())
            throw new ErrnoException(Errno.EBUSY, "rmdir", group.Path);
    }

    private static void StopContainer(FaultStep step)
    {
        using (var monitor = MonitorClient.TryConnect(new ContainerPaths(step.Value!, step.Path!)))
        {
            if (monitor is not null)
            {
                monitor.Stop(TimeSpan.Zero);
                return;
            }
        }
        const int SIGKILL = 9;
        using var process = PidFd.TryOpen(step.Pid, step.PidStartTime);
        process?.SendSignal(SIGKILL);
    }
}
