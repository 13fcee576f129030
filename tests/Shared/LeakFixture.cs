using System.Diagnostics;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Testing;

/// <summary>
/// What a test can leave behind: mounts, control groups, processes, sockets and files. Only what belongs to the test's own
/// directory and control group is looked at, so other tests and other users of the machine don't matter.
/// </summary>
public sealed class LeakFixture(string directory, string cgroupParent)
{
    // Long enough for a monitor to say goodbye after its container's last exit was published.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    // What an engine makes for all containers together, and what importing is there for.
    private static readonly string[] s_keptDirectories = ["data/images", "data/layers", "data/containers", "data/names", "data/events", "data/networks", "data/volumes", "run"];

    // Of the host itself, whoever's they are: a test of networks has a host of its own.
    private readonly string[] _interfaces = [.. Interfaces()];

    /// <summary>A list of what is there that should not be; empty when the test is clean.</summary>
    public IReadOnlyList<string> Find()
    {
        AwaitProcesses();
        ReapAdopted();
        return
        [
            .. Processes().Select(process => $"process {process.Pid}: {process.Command}"),
            .. MountInfo.ReadSelf().Where(mount => Mentions(mount.MountPoint) || Mentions(mount.SuperOptions)).Select(mount => $"mount {mount.FileSystem} on {mount.MountPoint}"),
            .. Cgroups().SelectMany(cgroup => Directory.EnumerateDirectories(cgroup, "*", SearchOption.AllDirectories)).Select(path => $"control group {path}"),
            .. StrayGroups(cgroupParent).Select(path => $"directory {path}"),
            .. Sockets().Select(path => $"socket {path}"),
            .. Loops().Select(loop => $"loop device {loop}"),
            .. Interfaces().Except(_interfaces).Select(name => $"interface {name}"),
            .. Files(),
        ];
    }

    /// <summary>The test's own control groups, one a hierarchy, as far as they exist.</summary>
    public IEnumerable<string> Cgroups()
    {
        // Every hierarchy that is mounted, those included that only track processes: name=systemd.
        return MountInfo.ReadSelf().Where(mount => mount.FileSystem is "cgroup" or "cgroup2").Select(mount => mount.MountPoint + cgroupParent)
            .Distinct().Where(Directory.Exists);
    }

    /// <summary>Directories for a group where no hierarchy is mounted: whoever takes /sys/fs/cgroup/NAME for one makes plain ones in the tmpfs there.</summary>
    public static IReadOnlyList<string> StrayGroups(string cgroupParent)
    {
        var mounted = MountInfo.ReadSelf().Where(mount => mount.FileSystem is "cgroup" or "cgroup2").Select(mount => mount.MountPoint).ToHashSet();
        return !Directory.Exists("/sys/fs/cgroup") || mounted.Contains("/sys/fs/cgroup") ? []
            : [.. Directory.EnumerateDirectories("/sys/fs/cgroup").Where(path => !mounted.Contains(path)).Select(path => path + cgroupParent).Where(Directory.Exists)];
    }

    /// <summary>
    /// Reaps the zombies of the test's containers whose parent was killed and that came to this process, where a test has made it a
    /// child subreaper (PR_SET_CHILD_SUBREAPER): nobody else can.
    /// </summary>
    public void ReapAdopted()
    {
        foreach (var pid in ProcessList.Pids().ToArray())
        {
            if (!ProcessStat.TryRead(pid, out var stat) || stat.ParentPid != Environment.ProcessId || stat.State != 'Z'
                || !Read(pid, "cgroup").Contains(cgroupParent, StringComparison.Ordinal))
                continue;
            using var process = PidFd.TryOpen(pid);
            process?.TryReap();
        }
    }

    private IEnumerable<string> Files()
    {
        foreach (var folder in new[] { "data/containers", "data/names", "run" }.Select(folder => Path.Combine(directory, folder)).Where(Directory.Exists))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Where(path => Path.GetFileName(path) is not (".lock" or "networks")))
                yield return $"file {entry}";
        }

        foreach (var folder in new[] { "data/layers", "data/images", "data/volumes" }.Select(folder => Path.Combine(directory, folder)).Where(Directory.Exists))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder, ".*-*-*-*"))
                yield return $"file {entry}";
        }

        var data = Path.Combine(directory, "data");
        foreach (var entry in Directory.Exists(data) ? Directory.EnumerateFileSystemEntries(data) : [])
        {
            if (!s_keptDirectories.Contains(Path.GetRelativePath(directory, entry)))
                yield return $"file {entry}";
        }
    }

    /// <summary>Bridges and their ports by the names that the product gives them.</summary>
    private static IEnumerable<string> Interfaces() => Directory.EnumerateFileSystemEntries("/sys/class/net").Select(path => Path.GetFileName(path))
        .Where(name => name.StartsWith("ccbr", StringComparison.Ordinal) || name.StartsWith("ccv", StringComparison.Ordinal));

    /// <summary>Loop devices whose file is the test's, also when that is deleted already.</summary>
    private IEnumerable<string> Loops() => !Directory.Exists("/sys/block") ? [] : Directory.EnumerateFileSystemEntries("/sys/block", "loop*")
        .Select(path => Path.Combine(path, "loop/backing_file")).Where(File.Exists).Where(path => Mentions(TryRead(path)));

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It was detached just now.
            return "";
        }
    }

    // A process that ends gives up its memory first, and its command line with it, and closes its files after that: there is a moment in
    // which it can't be told to be the test's and still has its socket. Nothing announces the close.
    private IReadOnlyList<string> Sockets()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            string[] open = [.. File.ReadLines("/proc/net/unix").Where(Mentions).Select(line => line.Split(' ')[^1])];
            if (open.Length == 0 || waited.Elapsed > s_grace)
                return open;
            Thread.Sleep(1);
        }
    }

    private void AwaitProcesses()
    {
        using var deadline = new CancellationTokenSource(s_grace);
        foreach (var (pid, _) in Processes())
        {
            using var process = PidFd.TryOpen(pid);
            using var watch = new DirectoryWatch("/proc/self");
            try
            {
                // A pidfd is readable when its process has ended (pidfd_open(2)).
                while (process is not null && watch.Wait(deadline.Token, process))
                {
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private IEnumerable<(int Pid, string Command)> Processes()
    {
        foreach (var pid in ProcessList.Pids().Where(pid => pid != Environment.ProcessId).ToArray())
        {
            var command = Read(pid, "cmdline").Replace('\0', ' ').Trim();
            if ((Mentions(command) || Read(pid, "cgroup").Contains(cgroupParent, StringComparison.Ordinal)) && ProcessStat.TryRead(pid, out var stat))
                yield return (pid, command.Length > 0 ? command : $"[{stat.Name}] ({stat.State})");
        }
    }

    private bool Mentions(string text) => text.Contains(directory, StringComparison.Ordinal) || text.Contains(cgroupParent, StringComparison.Ordinal);

    private static string Read(int pid, string name)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/{name}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
