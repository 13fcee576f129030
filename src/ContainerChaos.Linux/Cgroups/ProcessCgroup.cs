using System.Text;

namespace ContainerChaos.Linux;

/// <summary>
/// The control groups that a process is in, whoever made them: Docker's, Podman's, systemd's or ours. On version 1 and on hybrid
/// hosts they may have another path in each hierarchy.
/// </summary>
public sealed class ProcessCgroup
{
    private readonly List<(string Mount, string Directory, IReadOnlyList<string> Controllers, bool IsUnified)> _parts;

    private ProcessCgroup(List<(string, string, IReadOnlyList<string>, bool)> parts) => _parts = parts;

    /// <summary>Reads them off <c>/proc/PID/cgroup</c> (cgroups(7)); null when the process is gone.</summary>
    /// <param name="pid">The process.</param>
    public static ProcessCgroup? TryRead(int pid)
    {
        try
        {
            return Parse(File.ReadAllLines($"/proc/{pid}/cgroup"), CgroupHost.Current);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The paths below the roots of the hierarchies, each once; without those whose root it is in.</summary>
    public IReadOnlyList<string> Paths => [.. _parts.Where(part => part.Directory.Length > part.Mount.Length).Select(part => part.Directory[part.Mount.Length..]).Distinct()];

    /// <summary>One of these: the same for most containers, the longest where they differ; <c>/</c> where it is in root groups only.</summary>
    public string Path => Paths.MaxBy(path => path.Length) ?? "/";

    /// <summary>The files that a process writes <c>0</c> to, and is in the version 1 groups (see <see cref="Cgroup.JoinFiles"/>).</summary>
    public IReadOnlyList<string> JoinFiles => [.. _parts.Where(part => !part.IsUnified).Select(part => part.Directory + "/tasks")];

    /// <summary>The version 2 directory, to clone into; null where version 2 is not mounted.</summary>
    public string? UnifiedDirectory => _parts.FirstOrDefault(part => part.IsUnified).Directory;

    /// <summary>The directory of the group that a controller works on; null where the host does not have the controller.</summary>
    /// <param name="controller">Its version 1 name, or <c>io</c>; <c>freezer</c> is part of version 2 itself.</param>
    public string? Find(string controller) => TryFind(controller, out var part) ? part.Directory : null;

    /// <summary>Whether a controller is a version 2 one.</summary>
    public bool IsUnified(string controller) => TryFind(controller, out var part) && part.IsUnified;

    /// <summary>Whether the process is in the root group of a controller: what is written there is about the whole host.</summary>
    public bool IsRoot(string controller) => TryFind(controller, out var part) && part.Directory.TrimEnd('/') == part.Mount.TrimEnd('/');

    /// <summary>Whether one of a process's groups has a name in its path; false when the process is gone. A zombie is in no version 1 group.</summary>
    /// <param name="pid">The PID.</param>
    /// <param name="name">The name.</param>
    public static bool Mentions(int pid, string name)
    {
        Span<byte> buffer = stackalloc byte[ProcFile.BufferSize];
        var length = ProcFile.TryRead(pid, "cgroup"u8, buffer);
        return length > 0 && buffer[..length].IndexOf(Encoding.UTF8.GetBytes(name)) >= 0;
    }

    /// <summary>The processes of the group that a controller works on, and of the groups below it.</summary>
    public IReadOnlyList<int> Pids(string controller) =>
        Find(controller) is { } directory ? [.. CgroupDirectory.Below(directory).Prepend(directory).SelectMany(CgroupDirectory.Pids).Distinct()] : [];

    internal static ProcessCgroup Parse(IEnumerable<string> lines, CgroupHost host)
    {
        var parts = new List<(string, string, IReadOnlyList<string>, bool)>();
        foreach (var line in lines)
        {
            // ID:CONTROLLERS:PATH; version 2 is "0::PATH".
            if (line.Split(':', 3) is not [_, var controllers, var path] || path.StartsWith("/..", StringComparison.Ordinal))
                continue;
            if (controllers.Length == 0)
            {
                if (host.UnifiedMountPoint is { } unified)
                    parts.Add((unified, Join(unified, path), host.UnifiedControllers, true));
            }
            else if (host.Find(controllers.Split(',')[0]) is { } hierarchy)
            {
                parts.Add((hierarchy.MountPoint, Join(hierarchy.MountPoint, path), hierarchy.Controllers, false));
            }
            else if (host.NamedHierarchies.FirstOrDefault(named => named.Controllers[0] == controllers) is { } tracker)
            {
                parts.Add((tracker.MountPoint, Join(tracker.MountPoint, path), [], false));
            }
        }
        return new ProcessCgroup(parts);
    }

    private static string Join(string mount, string path) => path == "/" ? mount : mount + path;

    private bool TryFind(string controller, out (string Mount, string Directory, IReadOnlyList<string> Controllers, bool IsUnified) found)
    {
        foreach (var part in _parts)
        {
            if (!part.IsUnified && part.Controllers.Contains(controller))
            {
                found = part;
                return true;
            }
        }
        var name = controller == "blkio" ? "io" : controller;
        found = _parts.FirstOrDefault(part => part.IsUnified && (controller is "freezer" or "cgroup" || part.Controllers.Contains(name)));
        return found.Directory is not null;
    }
}
