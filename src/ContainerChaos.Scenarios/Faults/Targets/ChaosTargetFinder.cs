using System.IO.Enumeration;
using System.Text.RegularExpressions;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Finds what faults can be done to: our containers by the engine, everybody else's by the control groups of the host's processes.</summary>
internal sealed partial class ChaosTargetFinder(ContainerEngine engine)
{
    private static readonly string[] s_kinds = ["container", "docker", "podman", "containerd", "crio", "systemd", "cgroup", "process"];

    /// <summary>All that run, ours first.</summary>
    internal IReadOnlyList<ChaosTarget> List() =>
    [
        .. engine.List().Where(container => container.Pid is not null).Select(TryOwn).OfType<ChaosTarget>(),
        .. Others().OrderBy(target => target.Kind, StringComparer.Ordinal).ThenBy(target => target.Name, StringComparer.Ordinal),
    ];

    /// <summary>What a selector means: a name, an id or a wildcard of our containers, or the same after <c>KIND:</c>.</summary>
    /// <exception cref="ContainerException">ContainerNotFound; InvalidState when it does not run.</exception>
    internal IReadOnlyList<ChaosTarget> Find(string selector)
    {
        int colon = selector.IndexOf(':');
        string kind = colon > 0 && s_kinds.Contains(selector[..colon]) ? selector[..colon] : "container";
        string name = kind == "container" && !selector.StartsWith("container:", StringComparison.Ordinal) ? selector : selector[(colon + 1)..];
        if (name.Length == 0)
            throw new ContainerException(ErrorReason.InvalidArgument, $"'{selector}' names no target.", selector) { Remedy = "Write a name, a wildcard, or KIND:NAME as Get-ChaosTarget lists them." };
        bool isWildcard = name.AsSpan().IndexOfAny("*?") >= 0;
        return kind switch
        {
            "container" when isWildcard => [.. engine.List().Where(c => c.Pid is not null && FileSystemName.MatchesSimpleExpression(name, c.Name)).Select(TryOwn).OfType<ChaosTarget>()],
            "container" => [ChaosTarget.Of(engine.Get(name))],
            "process" => [OfProcess(name)],
            "cgroup" => [OfGroup(name)],
            _ => FindOthers(selector, kind, name, isWildcard),
        };
    }

    private ChaosTarget[] FindOthers(string selector, string kind, string name, bool isWildcard)
    {
        ChaosTarget[] found = [.. Others().Where(target => target.Kind == kind
            && (FileSystemName.MatchesSimpleExpression(name, target.Name) || (!isWildcard && target.Id.StartsWith(name, StringComparison.Ordinal))))];
        return found.Length > 0 || isWildcard
            ? found
            : throw new ContainerException(ErrorReason.ContainerNotFound, $"No target is called '{selector}'.", selector) { Remedy = "Get-ChaosTarget lists what runs." };
    }

    private static ChaosTarget? TryOwn(Container container)
    {
        try
        {
            return ChaosTarget.Of(container);
        }
        catch (ContainerException)
        {
            // Ended while this was under way.
            return null;
        }
    }

    private static ChaosTarget OfProcess(string name) =>
        int.TryParse(name, out int pid) && pid > 1 && ProcessStat.TryRead(pid, out ProcessStat stat) && ProcessCgroup.TryRead(pid) is { } cgroup
            ? new ChaosTarget { Kind = "process", Name = name, Id = name, Pid = pid, PidStartTime = stat.StartTime, CgroupPath = cgroup.Path }
            : throw new ContainerException(ErrorReason.ContainerNotFound, $"There is no process {name}.", name) { Remedy = "Give the host's PID, above 1." };

    private static ChaosTarget OfGroup(string path)
    {
        string wanted = "/" + path.Trim('/');
        ChaosTarget? first = Scan((pid, cgroup) => cgroup.Paths.Contains(wanted) ? ("cgroup", wanted, wanted) : null).FirstOrDefault();
        return first ?? throw new ContainerException(ErrorReason.ContainerNotFound, $"No process is in the control group {wanted}.", path) { Remedy = "Give its path below the root of the hierarchies." };
    }

    private IEnumerable<ChaosTarget> Others()
    {
        string own = engine.Options.CgroupParent.TrimEnd('/') + "/";
        return Scan((_, cgroup) => cgroup.Paths.Any(path => path.StartsWith(own, StringComparison.Ordinal)) ? null : cgroup.Paths.Select(Classify).FirstOrDefault(found => found is not null));
    }

    /// <summary>Each group once, with its oldest process: in a PID namespace of its own that is PID 1.</summary>
    private static IEnumerable<ChaosTarget> Scan(Func<int, ProcessCgroup, (string Kind, string Name, string Id)?> classify)
    {
        var found = new Dictionary<(string, string), ChaosTarget>();
        foreach (int pid in ProcessList.Pids())
        {
            if (ProcessCgroup.TryRead(pid) is not { } cgroup || classify(pid, cgroup) is not { } what || !ProcessStat.TryRead(pid, out ProcessStat stat) || stat.State == 'Z')
                continue;
            var key = (what.Kind, what.Id);
            if (found.TryGetValue(key, out ChaosTarget? known) && (known.PidStartTime, known.Pid).CompareTo((stat.StartTime, pid)) <= 0)
                continue;
            found[key] = new ChaosTarget { Kind = what.Kind, Name = what.Name, Id = what.Id, Pid = pid, PidStartTime = stat.StartTime, CgroupPath = cgroup.Path };
        }

        return found.Values;
    }

    /// <summary>Whose a control group is, by the way its path is made.</summary>
    internal static (string Kind, string Name, string Id)? Classify(string path)
    {
        if (ContainerPath().Match(path) is { Success: true } container)
        {
            string id = container.Groups["id"].Value;
            string kind = container.Groups["by"].Value switch
            {
                "libpod-" => "podman",
                "cri-containerd-" => "containerd",
                "crio-" => "crio",
                _ => "docker",
            };
            return (kind, id[..12], id);
        }

        // What `ctr run` makes: /NAMESPACE/ID.
        if (ContainerdPath().Match(path) is { Success: true } task)
            return ("containerd", task.Groups["id"].Value, task.Groups["id"].Value);
        return UnitPath().Match(path) is { Success: true } unit ? ("systemd", unit.Groups["unit"].Value, path) : null;
    }

    [GeneratedRegex("/(?:(?<by>docker/)|(?<by>docker-)|(?<by>libpod-)|(?<by>cri-containerd-)|(?<by>crio-))(?<id>[0-9a-f]{64})(?:\\.scope)?(?:/|$)")]
    private static partial Regex ContainerPath();

    [GeneratedRegex("^/(?:default|k8s\\.io)/(?<id>[A-Za-z0-9][A-Za-z0-9_.-]*)$")]
    private static partial Regex ContainerdPath();

    [GeneratedRegex("/system\\.slice/(?:.*/)?(?<unit>[^/]+\\.service)(?:/|$)")]
    private static partial Regex UnitPath();
}
