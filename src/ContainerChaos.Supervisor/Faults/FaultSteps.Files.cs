using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

// Those that are done to a target's file systems.
internal static partial class FaultSteps
{
    private static FileDescriptor Fill(FaultStep step)
    {
        using var root = UnixDirectory.Open(step.Path!);
        using var directory = root.TryOpenInRoot(step.Value!.TrimStart('/')) ?? throw new ErrnoException(Errno.ENOENT, "open", step.Value!);
        var file = directory.CreateUnnamedFile();
        try
        {
            // What fits: another process may take some of it meanwhile, so the last part is halved until there is none.
            for (var part = step.Size; part >= 4096;)
            {
                try
                {
                    file.Allocate(step.Size - part, part);
                    break;
                }
                catch (ErrnoException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT)
                {
                    part = Halve(file, step.Size - part, part);
                }
            }
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }

        static long Halve(FileDescriptor file, long offset, long part)
        {
            for (var half = part / 2; half >= 4096; half /= 2)
            {
                try
                {
                    file.Allocate(offset, half);
                    return part - half;
                }
                catch (ErrnoException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT)
                {
                }
            }
            return 0;
        }
    }

    private static void MakeFiles(FaultStep step)
    {
        using var root = UnixDirectory.Open(step.Path!);
        var (parent, name) = Split(step.Value!);
        using var above = root.TryOpenInRoot(parent) ?? throw new ErrnoException(Errno.ENOENT, "open", parent);
        above.CreateDirectory(name);
        using var directory = above.TryOpenInRoot(name)!;
        try
        {
            for (var i = 0; i < step.Number; i++)
                directory.CreateFile(FileName(i)).Dispose();
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            // That is the point.
        }
    }

    private static void RemoveFiles(FaultStep step)
    {
        using var root = UnixDirectory.Open(step.Path!);
        var (parent, name) = Split(step.Value!);
        using var above = root.TryOpenInRoot(parent);
        using var directory = above?.TryOpenInRoot(name);
        if (directory is null)
            return;
        // By the names that were made, so that nothing else is removed whatever has been put there.
        for (var i = 0; i < step.Number && directory.TryStat(FileName(i)) is not null; i++)
            directory.Remove(FileName(i), isDirectory: false);
        above!.Remove(name, isDirectory: true);
    }

    private static (string Parent, string Name) Split(string path) =>
        path.TrimStart('/') is var relative && relative.LastIndexOf('/') is >= 0 and var slash ? (relative[..slash], relative[(slash + 1)..]) : ("", relative);

    private static string FileName(int index) => "f" + index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void SetReadOnly(FaultStep step)
    {
        // Its mounts are gone with it.
        if (!IsAlive(step))
            return;
        using var space = FileDescriptor.Open($"/proc/{step.Pid}/ns/mnt", OpenFlags.O_RDONLY);
        MountFlags.SetReadOnly(space, step.Path!, step.Number == 1);
    }

    private static void Overwrite(FaultStep step, bool isUndo)
    {
        using var root = UnixDirectory.Open(step.Path!);
        var (parent, name) = Split(step.Value!);
        using var directory = root.TryOpenInRoot(parent);
        using var pinned = directory?.TryPin(name);
        if (pinned is null || pinned.Status is var status && (status.Kind != FileKind.Regular || status.Inode != step.Inode))
        {
            // What has been deleted or replaced since needs no undo.
            if (isUndo)
                return;
            throw new ErrnoException(Errno.ENOENT, "open", step.Value!);
        }
        var (expected, data) = (Convert.FromBase64String(step.Expected!), Convert.FromBase64String(step.Data!));
        using var file = pinned.OpenForUpdate();
        var current = new byte[expected.Length];
        var length = RandomAccess.Read(file, current, step.Offset);
        for (var i = 0; i < length; i++)
        {
            if (current[i] == expected[i])
                current[i] = data[i];
        }
        RandomAccess.Write(file, current.AsSpan(0, length), step.Offset);
    }

    private static void Rename(FaultStep step, bool isUndo)
    {
        var (parent, name) = Split(step.Value!);
        for (var attempt = 0; ; attempt++)
        {
            using (var running = TryOpenRoot(step))
            {
                if (running is not null)
                {
                    RenameIn(running, parent, name, step.Data!, isUndo);
                    return;
                }
            }
            using var layer = UnixDirectory.Open(step.Path!);
            RenameIn(layer, parent, name, step.Data!, isUndo);
            // An overlay that was mounted just then may remember that there is no such file: it has to be renamed through it.
            using var started = TryOpenRoot(step);
            if (attempt > 0 || started is null || HasFile(started, parent, step.Data!))
                return;
            RenameIn(layer, parent, step.Data!, name, isUndo);
        }
    }

    private static void RenameIn(UnixDirectory root, string parent, string name, string newName, bool isUndo)
    {
        using var directory = root.TryOpenInRoot(parent);
        if (directory?.TryStat(name) is not null)
            directory.Rename(name, newName);
        else if (!isUndo)
            throw new ErrnoException(Errno.ENOENT, "rename", name);
    }

    private static bool HasFile(UnixDirectory root, string parent, string name)
    {
        using var directory = root.TryOpenInRoot(parent);
        return directory?.TryStat(name) is not null;
    }

    /// <summary>The root of the process, or of the container as it runs now, through whose overlay its layer is to be changed; null when both are down.</summary>
    private static UnixDirectory? TryOpenRoot(FaultStep step)
    {
        foreach (var process in (int[])[IsAlive(step) ? step.Pid : 0, step.Container is { } container ? RunningProcess(container) : 0])
        {
            try
            {
                if (process > 0)
                    return UnixDirectory.Open($"/proc/{process}/root");
            }
            catch (ErrnoException)
            {
                // It has ended, and nobody has reaped it yet.
            }
        }
        return null;
    }

    /// <summary>PID 1 of a container's present incarnation; 0 when it is down.</summary>
    private static int RunningProcess(string container) =>
        JsonFile.TryReadIntact(Path.Combine(container, "state.json"), SupervisorJson.Default.ContainerState) is { Pid: > 0 and var pid } state
            && ProcessStat.TryReadStartTime(pid) == state.PidStartTime ? pid : 0;
}
