using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>
/// A control group, the same way on version 1, hybrid and version 2: made, joined, limited, frozen, read and removed.
/// A controller is used wherever the host has it: on a hybrid host one may be version 1 and the next version 2.
/// </summary>
public sealed partial class Cgroup
{
    private static readonly string[] CoreControllers = ["memory", "pids", "cpu", "freezer", "cpuacct", "blkio", "io"];

    private readonly CgroupHost _host;
    private readonly CgroupMembership _membership;
    private string[] _further;
    private CgroupPart[] _parts;

    internal Cgroup(CgroupHost host, string path, CgroupMembership membership, IReadOnlyList<string>? further = null)
    {
        if (!path.StartsWith('/') || path.Split('/').Contains(".."))
            throw new ErrnoException(Errno.EINVAL, "cgroup", path);
        _host = host;
        _membership = membership;
        _further = [.. further ?? []];
        Path = path;
        _parts = membership == CgroupMembership.None ? [] : [.. Parts()];
    }

    /// <summary>The path below the root of each hierarchy.</summary>
    public string Path { get; }

    /// <summary>The directories that this group consists of: one a hierarchy.</summary>
    public IReadOnlyList<string> Directories => [.. _parts.Select(part => part.Directory)];

    /// <summary>Whether the group exists.</summary>
    public bool Exists => _parts.Any(part => Directory.Exists(part.Directory));

    /// <summary>Whether it exists where its processes are listed, or where they are frozen.</summary>
    public bool CanHaveProcesses => (Main is { } main && Directory.Exists(main.Directory)) || (TryFind("freezer") is { } freezer && Directory.Exists(freezer.Directory));

    /// <summary>Whether a controller can be used in this group, by its version 1 name (<c>blkio</c>) or its version 2 name (<c>io</c>).</summary>
    /// <param name="controller">A controller's name; <c>freezer</c> is part of version 2 itself.</param>
    public bool Has(string controller) => TryFind(controller) is not null;

    /// <summary>Whether a controller of this group is a version 2 one.</summary>
    /// <exception cref="ErrnoException">ENODEV: the host does not have the controller.</exception>
    public bool IsUnified(string controller) => Find(controller).IsUnified;

    /// <summary>
    /// The files that a new process writes <c>0</c> to, and is in the group; none for version 2, where it is born there.
    /// They belong to whoever made the group, so a process opens them before it changes its user.
    /// </summary>
    /// <remarks>
    /// On version 1 this is the cheap way in. A process that another one moves through <c>cgroup.procs</c> waits for an RCU
    /// grace period, 6 to 9 ms after a quiet spell. A thread that moves itself through <c>tasks</c> needs no lock on its
    /// thread group (cgroup_procs_write_start, Linux 5.17), and a fresh clone is one thread: 0.1 ms.
    /// </remarks>
    public IReadOnlyList<string> JoinFiles => Array.ConvertAll(Array.FindAll(_parts, part => !part.IsUnified), part => part.Directory + "/tasks");

    /// <summary>The version 2 directory that clone3(2) can put a child into (CLONE_INTO_CGROUP); null when the group has none, see <see cref="JoinFiles"/>.</summary>
    public FileDescriptor? OpenForClone() =>
        Unified is { } part && !ComesWithProcess ? FileDescriptor.Open(part.Directory, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY) : null;

    /// <summary>
    /// Whether this process may put another into the group. On version 2 that takes, beside the group, the right to write
    /// <c>cgroup.procs</c> of the lowest group above both this process's and this one (cgroup-v2.rst, Delegation Containment).
    /// </summary>
    public bool CanBeJoined
    {
        get
        {
            if (_host.Mode != CgroupMode.V2 || Unified is not { } part || CgroupHost.OwnUnifiedPath is not { } own)
                return true;
            var common = part.Root;
            foreach (var (name, _) in own.Split('/').Skip(1).Zip(Path.Split('/').Skip(1)).TakeWhile(names => names.First == names.Second && names.First.Length > 0))
                common += "/" + name;
            using var file = FileDescriptor.TryOpen(common + "/cgroup.procs", OpenFlags.O_WRONLY, 0, out var errno);
            return errno is not (Errno.EACCES or Errno.EPERM or Errno.EROFS);
        }
    }

    /// <summary>Whether somebody else makes the group, with a process in it that was cloned elsewhere.</summary>
    public bool ComesWithProcess { get; init; }

    /// <summary>Moves a process with all its threads into the group; on version 1 the slow way, see <see cref="JoinFiles"/>.</summary>
    public void Add(int pid)
    {
        foreach (var part in _parts)
            WriteNumber(part, "cgroup.procs", pid);
    }

    /// <summary>How many processes and threads are charged to the group, zombies included.</summary>
    public long ReadPids() => ReadNumber(Find("pids"), "pids.current");

    /// <summary>The limit on processes and threads; null for none.</summary>
    public long? ReadPidsLimit() =>
        CgroupDirectory.Read(Find("pids").Directory, "pids.max") is var text && text == "max" ? null : long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Reads one of a controller's files, without the last newline.</summary>
    /// <param name="controller">The controller.</param>
    /// <param name="file">The file's name, <c>pids.max</c> for one.</param>
    /// <exception cref="ErrnoException">ENODEV: the host does not have the controller; ENOENT: the kernel does not have the file.</exception>
    public string Read(string controller, string file) => CgroupDirectory.Read(Find(controller).Directory, file);

    /// <summary>Reads a controller's file of the group above this one.</summary>
    /// <inheritdoc cref="Read"/>
    public string ReadAbove(string controller, string file) => CgroupDirectory.Read(System.IO.Path.GetDirectoryName(Find(controller).Directory)!, file);

    /// <summary>Writes one of a controller's files.</summary>
    /// <param name="controller">The controller.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="value">What the kernel's documentation says can be written.</param>
    /// <exception cref="ErrnoException">ENODEV: the host does not have the controller; ENOENT: the kernel does not have the file; EINVAL, EBUSY and more: the value is refused.</exception>
    public void Write(string controller, string file, string value) => CgroupDirectory.Write(Find(controller).Directory, file, value);

    private CgroupPart? Unified => _parts.FirstOrDefault(part => part.IsUnified);

    // The part whose members are taken for the group's: a process that a container moves to a group of its own stays below it.
    private CgroupPart? Main => TryFind("pids") ?? TryFind("memory") ?? (_parts.Length > 0 ? _parts[0] : null);

    private CgroupPart Find(string controller) => TryFind(controller)
        ?? throw new ErrnoException(Errno.ENODEV, "cgroup", $"(the {controller} controller is not mounted)");

    private CgroupPart? TryFind(string controller)
    {
        foreach (var part in _parts)
        {
            if (!part.IsUnified && part.Controllers.Contains(controller))
                return part;
        }
        // No controller of its own on version 2: these are part of every group.
        if (controller is "freezer" or "devices" or "cgroup")
            return Unified;
        var name = controller == "blkio" ? "io" : controller;
        return Unified is { } unified && unified.Controllers.Contains(name) ? unified : null;
    }

    private IEnumerable<CgroupPart> Parts()
    {
        var all = _membership == CgroupMembership.All;
        foreach (var hierarchy in _host.Hierarchies.OrderBy(h => CoreOrder(h.Controllers)))
        {
            if (all || hierarchy.Controllers.Any(IsWanted))
                yield return new CgroupPart(hierarchy.MountPoint, hierarchy.MountPoint + Path, hierarchy.Controllers, IsUnified: false);
        }
        foreach (var hierarchy in all ? _host.NamedHierarchies : [])
            yield return new CgroupPart(hierarchy.MountPoint, hierarchy.MountPoint + Path, [], IsUnified: false);
        if (_host.UnifiedMountPoint is { } unified && (all || _host.Mode == CgroupMode.V2 || _host.UnifiedControllers.Any(IsWanted)))
            yield return new CgroupPart(unified, unified + Path, _host.UnifiedControllers, IsUnified: true);
    }

    private bool IsWanted(string controller) => CoreControllers.Contains(controller) || _further.Contains(controller);

    private static int CoreOrder(IReadOnlyList<string> controllers)
    {
        var first = controllers.Select(c => Array.IndexOf(CoreControllers, c)).Where(index => index >= 0).DefaultIfEmpty(CoreControllers.Length).Min();
        return first;
    }

    private static long ReadNumber(CgroupPart part, string file) =>
        long.Parse(CgroupDirectory.Read(part.Directory, file), CultureInfo.InvariantCulture);

    private static void WriteNumber(CgroupPart part, string file, long value) =>
        CgroupDirectory.Write(part.Directory, file, value.ToString(CultureInfo.InvariantCulture));
}
