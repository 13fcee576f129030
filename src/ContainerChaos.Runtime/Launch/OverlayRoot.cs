using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>A root file system made of read-only layers that containers share, and a writable one that they do not.</summary>
/// <param name="LowerDirs">The read-only layers, top first.</param>
/// <param name="UpperDir">The writable layer.</param>
/// <param name="WorkDir">The overlay's work directory, on the same file system as the writable layer.</param>
/// <remarks>
/// It is mounted inside the container's mount namespace only: the host's mount table never shows it,
/// and it is gone with the container's last process, whoever else died.
/// </remarks>
public sealed record OverlayRoot(IReadOnlyList<string> LowerDirs, string UpperDir, string WorkDir)
{
    /// <summary>Opens the detached mount that the writable layer is on, at each start; null when that layer is an ordinary directory.</summary>
    public Func<FileDescriptor>? OpenDisk { get; init; }

    /// <summary>Where that mount goes, in the container's mount namespace only.</summary>
    public string? DiskPlace { get; init; }

    /// <summary>
    /// The directory that all layers are below, from which an overlay with several is mounted: mount(2) takes one page of
    /// options, which absolute paths of some thirty layers fill. Null where there is one layer, or no such directory.
    /// </summary>
    internal string? CommonDirectory
    {
        get
        {
            if (LowerDirs.Count < 2)
                return null;
            var common = LowerDirs[0];
            foreach (var other in LowerDirs)
                common = common[..common.AsSpan().CommonPrefixLength(other)];
            return common.LastIndexOf('/') is > 0 and var end ? common[..end] : null;
        }
    }

    /// <summary>The mount options (overlayfs.rst), relative to <see cref="CommonDirectory"/>; the characters that separate them are escaped.</summary>
    internal string ToOptions() =>
        $"lowerdir={string.Join(':', LowerDirs.Select(Relative).Select(Escape))},upperdir={Escape(UpperDir)},workdir={Escape(WorkDir)}"
        // In a user namespace the attributes trusted.overlay.* can't be set (overlayfs.rst, User xattr).
        + (OwnIdentity.User == 0 && UserNamespace.IsInitial ? "" : ",userxattr");

    private string Relative(string layer) => CommonDirectory is { } directory ? layer[(directory.Length + 1)..] : layer;

    private static string Escape(string path) => path.Replace("\\", "\\\\").Replace(":", "\\:").Replace(",", "\\,");
}
