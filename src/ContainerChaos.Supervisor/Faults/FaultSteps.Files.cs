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

    private static void HideFile(FaultStep step)
    {
        var (parent, name) = Split(step.Value!);
        using var root = UnixDirectory.Open($"/proc/{step.Pid}/root");
        using var directory = root.TryOpenInRoot(parent) ?? throw new ErrnoException(Errno.ENOENT, "open", step.Value!);
        if (!directory.TryMove(name, directory, HiddenName(step)))
            throw new ErrnoException(Errno.EEXIST, "renameat2", step.Value!);
    }

    /// <summary>
    /// Through the root of whoever runs there now, so that the overlay knows of it; without anybody the upper layer is an ordinary directory, where what stands for a
    /// file that is gone (0:0, overlayfs.rst: whiteouts) is in its place.
    /// </summary>
    private static void ShowFile(FaultStep step)
    {
        var (parent, name) = Split(step.Value!);
        var running = IsAlive(step) ? step.Pid
            : step.Container is { } container && JsonFile.TryReadIntact(Path.Combine(container, "state.json"), SupervisorJson.ContainerState) is { Pid: > 0 } state
                && ProcessStat.TryReadStartTime(state.Pid) == state.PidStartTime ? state.Pid : 0;
        // The root of one that is on its way is still the host's, and has nothing of that name: its overlay has not looked for the file yet.
        // And one that has just ended is a zombie for a moment, which has no root any more.
        if (running == 0 || !TryShow($"/proc/{running}/root"))
            TryShow(step.Path!);

        bool TryShow(string place)
        {
            using var root = TryOpen(place);
            using var directory = root?.TryOpenInRoot(parent);
            if (directory?.TryStat(HiddenName(step)) is null)
                return false;
            if (directory.TryStat(name) is { Kind: FileKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 })
                directory.Remove(name, isDirectory: false);
            if (!directory.TryMove(HiddenName(step), directory, name))
                directory.Remove(HiddenName(step), isDirectory: false);
            return true;
        }
    }

    private static UnixDirectory? TryOpen(string path)
    {
        try
        {
            return UnixDirectory.Open(path);
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH)
        {
            return null;
        }
    }

    private static string HiddenName(FaultStep step) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $".containerchaos-{step.Inode}");

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
}
