using System.Diagnostics;

namespace ContainerChaos.Linux;

/// <summary>Freezes control groups, whoever made them, by the directory that their freezer is in.</summary>
public static class CgroupFreezer
{
    /// <summary>Freezes every process of a group and of those below it, and returns when all are (freezer-subsystem.txt; cgroup-v2.rst, cgroup.freeze).</summary>
    /// <param name="directory">The group's directory, of version 2 or of the freezer's hierarchy.</param>
    /// <param name="timeout">How long is waited for them; after that the group is let go on again.</param>
    /// <exception cref="ErrnoException">ENOENT: there is no such group, or it has no freezer; ETIMEDOUT: a process did not freeze within the time.</exception>
    public static void Freeze(string directory, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        if (IsUnified(directory))
        {
            CgroupDirectory.Write(directory, "cgroup.freeze", "1");
            if (!CgroupDirectory.AwaitEvent(directory, "frozen", 1, timeout))
                throw TimedOut();
            return;
        }
        // A write of FROZEN may leave the state at FREEZING; reading it makes the kernel look again, and there is nothing to wait on, so it is
        // read with a growing pause.
        CgroupDirectory.Write(directory, "freezer.state", "FROZEN");
        for (var pause = 0; CgroupDirectory.Read(directory, "freezer.state") != "FROZEN"; pause = Math.Min(pause + 1, 10))
        {
            if (Stopwatch.GetElapsedTime(started) > timeout)
                throw TimedOut();
            Thread.Sleep(pause);
        }

        ErrnoException TimedOut()
        {
            Thaw(directory);
            return new ErrnoException(Errno.ETIMEDOUT, "freeze", directory);
        }
    }

    /// <summary>Lets a frozen group go on.</summary>
    /// <param name="directory">As for <see cref="Freeze"/>.</param>
    /// <exception cref="ErrnoException">ENOENT: there is no such group.</exception>
    public static void Thaw(string directory)
    {
        if (IsUnified(directory))
            CgroupDirectory.Write(directory, "cgroup.freeze", "0");
        else
            CgroupDirectory.Write(directory, "freezer.state", "THAWED");
    }

    private static bool IsUnified(string directory) => !File.Exists(directory + "/freezer.state");
}
