namespace ContainerChaos.Runtime;

/// <summary>The systemd scope of a container and the slice that it is in, by a cgroupsPath of the form <c>slice:prefix:name</c>.</summary>
/// <param name="Slice">The slice's unit, <c>machine.slice</c>; empty leaves it to systemd.</param>
/// <param name="Unit">The scope's unit, <c>prefix-name.scope</c>.</param>
internal sealed record ScopeName(string Slice, string Unit)
{
    private const string Suffix = ".slice";

    /// <summary>Reads a cgroupsPath; without one, the scope is named after the container.</summary>
    /// <param name="cgroupsPath">What the specification has.</param>
    /// <param name="id">The container.</param>
    /// <param name="isUser">Whether this user's manager is asked.</param>
    /// <exception cref="ContainerException">It is not of the form (<see cref="ErrorReason.InvalidArgument"/>).</exception>
    internal static ScopeName Parse(string? cgroupsPath, string id, bool isUser)
    {
        var ownSlice = isUser ? "user.slice" : "system.slice";
        if (string.IsNullOrEmpty(cgroupsPath))
            return new ScopeName(ownSlice, $"ccrun-{id}.scope");
        var (slice, unit) = cgroupsPath.Split(':') switch
        {
            [var s, "", var name] => (s, name),
            [var s, var prefix, var name] => (s, $"{prefix}-{name}"),
            [var s, var name] => (s, name),
            _ => throw Invalid(cgroupsPath),
        };
        if (!unit.EndsWith(".scope", StringComparison.Ordinal))
            unit += ".scope";
        if (slice.Length == 0)
            slice = ownSlice;
        if (!IsSlice(slice) || unit.Contains('/') || unit.Length is <= 6 or > 255)
            throw Invalid(cgroupsPath);
        return new ScopeName(slice, unit);
    }

    /// <summary>Where systemd makes the scope's group: a dash in a slice's name is a level (systemd.slice(5)).</summary>
    /// <param name="managerGroup">The group that the manager's units are below; empty for the system's.</param>
    internal string ToPath(string managerGroup)
    {
        var path = managerGroup.TrimEnd('/');
        if (Slice != "-.slice")
        {
            var prefix = "";
            foreach (var part in Slice[..^Suffix.Length].Split('-'))
            {
                prefix += prefix.Length == 0 ? part : "-" + part;
                path += $"/{prefix}{Suffix}";
            }
        }
        return $"{path}/{Unit}";
    }

    private static bool IsSlice(string name) => name == "-.slice"
        || (name.EndsWith(Suffix, StringComparison.Ordinal) && !name.Contains('/') && name[..^Suffix.Length].Split('-').All(part => part.Length > 0));

    private static ContainerException Invalid(string path) => new(
        ErrorReason.InvalidArgument,
        $"linux.cgroupsPath: expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"{path}\" instead.", path);
}
