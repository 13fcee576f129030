using System.Diagnostics;

namespace ContainerChaos.Linux;

// Making and removing a group's directories.
public sealed partial class Cgroup
{
    private static readonly string[] CpusetFiles = ["cpuset.cpus", "cpuset.mems"];

    /// <summary>How many of the groups above this one are missing in each hierarchy, by its mount point, and would be made with it.</summary>
    public IReadOnlyDictionary<string, int> ReadMissingAbove()
    {
        var all = new Dictionary<string, int>();
        foreach (var part in _parts)
        {
            var missing = 0;
            for (var above = Above(part.Directory); above.Length > part.Root.Length && !Directory.Exists(above); above = Above(above))
                missing++;
            if (missing > 0)
                all[part.Root] = missing;
        }
        return all;
    }

    /// <summary>
    /// Makes the group and the groups above it; one that exists is kept as it is. A hierarchy that is not given to this user, or
    /// is read-only, is left out where another one is not: what is set there later is refused then.
    /// </summary>
    /// <exception cref="ErrnoException">EACCES, EPERM or EROFS in every hierarchy; ENOSPC.</exception>
    public void Create()
    {
        var made = new List<CgroupPart>(_parts.Length);
        ErrnoException? refusal = null;
        foreach (var part in _parts)
        {
            try
            {
                Create(part);
                made.Add(part);
            }
            catch (ErrnoException e) when (e.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
            {
                refusal ??= e;
                CgroupDirectory.TryRemoveEmpty(part.Directory);
            }
        }
        if (refusal is null)
            return;
        if (made.Count == 0)
            throw refusal;
        _parts = [.. made];
    }

    /// <summary>
    /// Takes a further controller in while processes are in the group; nothing when it is in already, or the host does not have it. On
    /// version 1 the processes are moved, so they should be frozen: one that is born meanwhile could stay behind.
    /// </summary>
    /// <param name="controller">The controller, such as <c>cpuset</c>.</param>
    /// <exception cref="ErrnoException">A group above this one does not pass it on, or it is not this user's.</exception>
    public void Include(string controller)
    {
        if (_membership != CgroupMembership.Core || IsWanted(controller))
            return;
        var pids = Pids();
        var (further, known) = (_further, _parts);
        _further = [.. further, controller];
        var parts = Parts().Where(part => known.All(old => old.Root != part.Root)).ToArray();
        try
        {
            foreach (var part in known.Where(part => part.IsUnified && part.Controllers.Contains(controller)).Concat(parts))
            {
                Create(part);
                foreach (var pid in part.IsUnified ? [] : pids)
                    MoveIfAlive(part, pid);
            }
            _parts = [.. known, .. parts];
        }
        catch
        {
            _further = further;
            throw;
        }
    }

    private static void MoveIfAlive(CgroupPart part, int pid)
    {
        try
        {
            WriteNumber(part, "cgroup.procs", pid);
        }
        catch (ErrnoException e) when (e.Errno == Errno.ESRCH)
        {
            // It has ended.
        }
    }

    /// <summary>Makes the group below the one that a process is in, and moves it: only then is the one above free to pass controllers on.</summary>
    public void CreateBelow(int pid)
    {
        if (Unified is { } part)
        {
            CgroupDirectory.Create(part.Directory);
            WriteNumber(part, "cgroup.procs", pid);
        }
        Create();
    }

    /// <summary>The groups below this one that a path names, for one process of the container among others.</summary>
    /// <param name="path">The path below this group; empty for the group itself.</param>
    /// <param name="controllers">The controllers whose hierarchies are meant; the process joins this group in all others. Null for every hierarchy in which the path exists.</param>
    /// <exception cref="ErrnoException">ENOENT: it does not exist; ENODEV: a controller is not mounted.</exception>
    public Cgroup Below(string path, IReadOnlyCollection<string>? controllers = null)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").ToArray();
        if (names.Contains(".."))
            throw new ErrnoException(Errno.EINVAL, "cgroup", path);
        var suffix = string.Concat(names.Select(name => "/" + name));
        var parts = (CgroupPart[])_parts.Clone();
        foreach (var part in controllers is null ? _parts : controllers.Select(Find))
        {
            var below = part.Directory + suffix;
            if (Directory.Exists(below))
                parts[Array.IndexOf(_parts, part)] = part with { Directory = below };
            else if (controllers is not null || part.IsUnified && _host.Mode == CgroupMode.V2)
                throw new ErrnoException(Errno.ENOENT, "cgroup", below);
        }
        if (suffix.Length > 0 && parts.SequenceEqual(_parts))
            throw new ErrnoException(Errno.ENOENT, "cgroup", Path + suffix);
        return new Cgroup(_host, Path, _membership, _further) { _parts = parts };
    }

    /// <summary>
    /// Whether no process can join: a version 2 group that passes controllers on has none of its own (cgroup-v2.rst, No Internal
    /// Process Constraint). Threaded groups are exempt.
    /// </summary>
    public bool IsClosed => Unified is { } part && _host.Mode == CgroupMode.V2
        && CgroupDirectory.Read(part.Directory, "cgroup.subtree_control").Length > 0 && CgroupDirectory.Read(part.Directory, "cgroup.type") == "domain";

    /// <summary>
    /// Gives a version 2 group to a user, as far as that is safe: its directory and the files that the kernel lists for it, so
    /// that the user can make groups below but not lift the limits (cgroups(7), Cgroups delegation).
    /// </summary>
    public void Delegate(uint user)
    {
        const string list = "/sys/kernel/cgroup/delegate";
        if (Unified is not { } part)
            return;
        string[] files = File.Exists(list) ? File.ReadAllLines(list) : ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"];
        foreach (var path in files.Select(file => $"{part.Directory}/{file}").Prepend(part.Directory))
        {
            using var native = new NativeString(path);
            const int unchanged = -1;
            if (Libc.SystemCall((nint)SystemCallNumber.fchownat, NativeConstants.AT_FDCWD, native.Address, unchecked((nint)user), unchanged, 0) != 0
                && (Errno)System.Runtime.InteropServices.Marshal.GetLastPInvokeError() is var errno and not Errno.ENOENT)
                throw new ErrnoException(errno, "chown", path);
        }
    }

    /// <summary>Leaves out the hierarchies that the group does not exist in: those that were not writable when it was made.</summary>
    public void KeepExisting() => _parts = [.. _parts.Where(part => Directory.Exists(part.Directory))];

    /// <summary>Removes the group with the groups below it, and the group above it when that is left empty; what does not exist is no error.</summary>
    /// <returns>False when a process is still in it (EBUSY).</returns>
    public bool TryDelete() => TryDelete(_ => 1);

    /// <summary>Removes the group with the groups below it.</summary>
    /// <param name="above">How many of the groups above it are removed as well when they are left empty, as <see cref="ReadMissingAbove"/> counts them.</param>
    /// <returns>False when a process is still in it (EBUSY).</returns>
    public bool TryDelete(IReadOnlyDictionary<string, int> above) => TryDelete(part => above.GetValueOrDefault(part.Root));

    /// <summary>Removes the group as <see cref="TryDelete(IReadOnlyDictionary{string, int})"/> does, and waits for its last processes to end.</summary>
    /// <param name="above">How many of the groups above it are removed as well when they are left empty.</param>
    /// <param name="timeout">How long is waited.</param>
    /// <exception cref="ErrnoException">EBUSY: a process was in it all the time.</exception>
    public void Delete(IReadOnlyDictionary<string, int> above, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (!TryDelete(above))
        {
            var left = timeout - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !AwaitEnd(left))
                throw new ErrnoException(Errno.EBUSY, "rmdir", Path);
        }
    }

    private bool TryDelete(Func<CgroupPart, int> above)
    {
        var deleted = true;
        foreach (var part in _parts)
        {
            if (!CgroupDirectory.TryRemove(part.Directory))
            {
                deleted = false;
                continue;
            }
            var directory = Above(part.Directory);
            for (var level = above(part); level > 0 && directory.Length > part.Root.Length && CgroupDirectory.TryRemoveEmpty(directory); level--)
                directory = Above(directory);
        }
        return deleted;
    }

    private void Create(CgroupPart part)
    {
        // The group itself first: while it is there, no other container's end removes the groups above it as empty.
        CgroupDirectory.Create(part.Directory);
        if (part.IsUnified)
            PassOn(part);
        else if (part.Controllers.Contains("cpuset"))
            InheritCpuset(part);
    }

    /// <summary>
    /// A version 2 controller is there for a group only if every group above it passes it on (cgroup-v2.rst, Enabling and
    /// Disabling). One that can't be passed on is no error yet: it is one when a limit of it is set.
    /// </summary>
    private void PassOn(CgroupPart part)
    {
        string[] wanted = [.. part.Controllers.Where(controller => _membership == CgroupMembership.All || IsWanted(controller))];
        if (wanted.Length == 0)
            return;
        foreach (var directory in Ladder(part).SkipLast(1))
        {
            var active = CgroupDirectory.Read(directory, "cgroup.subtree_control").Split(' ');
            var missing = Array.ConvertAll(Array.FindAll(wanted, c => !active.Contains(c)), c => "+" + c);
            if (missing.Length == 0 || TryPassOn(directory, string.Join(' ', missing)) is not { } errno)
                continue;
            // A group with processes of its own passes on only what can be threaded, and those below it are then invalid.
            if (errno == Errno.EBUSY)
                continue;
            // All or none in one write: a single one that is refused must not keep the others out.
            foreach (var controller in missing)
                TryPassOn(directory, controller);
        }
    }

    private static Errno? TryPassOn(string directory, string controllers)
    {
        try
        {
            CgroupDirectory.Write(directory, "cgroup.subtree_control", controllers);
            return null;
        }
        catch (ErrnoException e)
        {
            return e.Errno;
        }
    }

    /// <summary>A new cpuset group has no processors and no memory nodes, and nobody can join it (cpusets.rst, 1.7).</summary>
    private static void InheritCpuset(CgroupPart part)
    {
        var above = part.Root;
        foreach (var directory in Ladder(part).Skip(1))
        {
            foreach (var file in CpusetFiles)
            {
                if (CgroupDirectory.Read(directory, file).Length == 0)
                    CgroupDirectory.Write(directory, file, CgroupDirectory.Read(above, file));
            }
            above = directory;
        }
    }

    /// <summary>The directories from the hierarchy's root down to the group's.</summary>
    private static IEnumerable<string> Ladder(CgroupPart part)
    {
        var directory = part.Root;
        yield return directory;
        foreach (var name in part.Directory[part.Root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
            yield return directory += "/" + name;
    }

    private static string Above(string directory) => System.IO.Path.GetDirectoryName(directory)!;
}
