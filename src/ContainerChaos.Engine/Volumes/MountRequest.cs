using System.Globalization;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>One mount as it was asked for, by Docker's <c>-v</c>, <c>--mount</c> or <c>--tmpfs</c>, or by an image's VOLUME.</summary>
internal sealed record MountRequest
{
    public required string Type { get; init; }

    /// <summary>A path of the host, or a volume's name; empty for an anonymous volume.</summary>
    public string Source { get; init; } = "";

    public required string Destination { get; init; }

    public bool ReadOnly { get; init; }

    public string Propagation { get; init; } = "rprivate";

    /// <summary>Whether what is mounted below the source stays away.</summary>
    public bool NonRecursive { get; init; }

    /// <summary>Whether an empty volume stays empty, whatever the image has in its place.</summary>
    public bool NoCopy { get; init; }

    /// <summary>Whether a missing source becomes a directory.</summary>
    public bool CreatesSource { get; init; }

    /// <summary>Options of a tmpfs, as mount(8) writes them.</summary>
    public IReadOnlyList<string> TmpfsOptions { get; init; } = [];

    /// <summary>Labels of a volume that has to be made.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Options of the driver, of a volume that has to be made.</summary>
    public IReadOnlyDictionary<string, string> DriverOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>All mounts of a new container, those that lie in others after them.</summary>
    /// <exception cref="ContainerException">InvalidArgument, InvalidName.</exception>
    public static IReadOnlyList<MountRequest> Of(ContainerCreateOptions options, Image image)
    {
        List<MountRequest> requests =
        [
            .. options.Volumes.Select(VolumeArgument.Parse),
            .. options.Mounts.Select(MountArgument.Parse),
            .. options.Tmpfs.Select(TmpfsArgument.Parse),
        ];
        if (requests.GroupBy(request => request.Destination).FirstOrDefault(group => group.Count() > 1) is { } twice)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"Two mounts have the destination '{twice.Key}'.", twice.Key, "Give each its own.");
        foreach (var volume in image.Volumes)
        {
            if (TarLayerSource.TryNormalizePath(volume) is { Length: > 0 } path && requests.TrueForAll(request => request.Destination != "/" + path))
                requests.Add(new MountRequest { Type = ContainerMount.VolumeType, Destination = "/" + path });
        }

        return [.. requests.OrderBy(request => request.Destination.Count(c => c == '/'))];
    }

    /// <summary>A path in the container, normalised.</summary>
    public static string CheckDestination(string path, string text)
    {
        if (!path.StartsWith('/'))
            throw Invalid(text, "has a container path that is not absolute");
        return TarLayerSource.TryNormalizePath(path) is { Length: > 0 } destination ? "/" + destination : throw Invalid(text, "has a container path that is the root or leads upwards");
    }

    /// <summary>The way that mounts are passed on, by Docker's names.</summary>
    public static bool IsPropagation(string text) => text is "private" or "rprivate" or "slave" or "rslave" or "shared" or "rshared";

    public static ContainerException Invalid(string text, string problem, string? remedy = null) =>
        new(ErrorReason.InvalidArgument, $"The mount '{text}' {problem}.", text)
        {
            Remedy = remedy ?? "Write -Volume NAME:/container/path or /host/path:/container/path, with :ro at the end for a read-only one; or -Mount type=volume,source=NAME,target=/container/path.",
        };

    /// <summary>The mount in the words of the runtime-spec.</summary>
    /// <param name="mount">What it became.</param>
    public MountSpec ToSpec(ContainerMount mount) => Type == ContainerMount.TmpfsType
        ? new MountSpec { Destination = Destination, Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "nodev", "noexec", .. ReadOnly ? new[] { "ro" } : [], .. TmpfsOptions] }
        : new MountSpec { Destination = Destination, Type = "bind", Source = mount.Source, Options = [NonRecursive ? "bind" : "rbind", Propagation, ReadOnly ? "ro" : "rw"] };

    /// <summary>The propagation that the root's mount needs, so that this one's can work; null for that of every container.</summary>
    public static string? RootPropagation(IEnumerable<ContainerMount> mounts)
    {
        string? needed = null;
        foreach (var mount in mounts)
        {
            if (mount.Propagation is "shared" or "rshared")
                return "rshared";
            if (mount.Propagation is "slave" or "rslave")
                needed = "rslave";
        }

        return needed;
    }

    internal static string Mode(string octal, string text)
    {
        try
        {
            return Convert.ToString(Convert.ToInt32(octal, 8), 8);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            throw Invalid(text, $"has the mode '{octal}', which is not octal", "Write it as chmod takes it, such as 1777.");
        }
    }

    internal static string Size(string size, string text) => size.EndsWith('%') ? size : ByteSize.TryParse(size, out var bytes)
        ? bytes.ToString(CultureInfo.InvariantCulture)
        : throw Invalid(text, $"has the size '{size}', which is none", "Write bytes or a number with a unit, such as 64m.");
}
