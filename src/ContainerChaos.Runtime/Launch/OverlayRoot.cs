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
    /// <summary>The mount options (overlayfs.rst); the characters that separate them are escaped.</summary>
    internal string ToOptions() =>
        $"lowerdir={string.Join(':', LowerDirs.Select(Escape))},upperdir={Escape(UpperDir)},workdir={Escape(WorkDir)}"
        // In a user namespace the attributes trusted.overlay.* can't be set (overlayfs.rst, User xattr).
        + (OwnIdentity.User == 0 && UserNamespace.IsInitial ? "" : ",userxattr");

    private static string Escape(string path) => path.Replace("\\", "\\\\").Replace(":", "\\:").Replace(",", "\\,");
}
