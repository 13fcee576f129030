using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>A file in the writable layer of a target: what the image or a volume has is not touched.</summary>
/// <param name="Upper">The layer's directory on the host.</param>
/// <param name="Path">The file below it, and below the target's root.</param>
/// <param name="Status">What it is.</param>
internal sealed record UpperFile(string Upper, string Path, FileStatus Status)
{
    private const int Most = 1 << 30;

    /// <summary>Its directory.</summary>
    public string Parent => System.IO.Path.GetDirectoryName(Path)!.TrimStart('/');

    /// <summary>Its name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <exception cref="ContainerException">NotSupported, InvalidArgument.</exception>
    internal static UpperFile Find(ChaosTarget target, string path, string fault)
    {
        string inside = System.IO.Path.GetFullPath("/" + path.TrimStart('/'));
        TargetMount mount = TargetMount.Of(target, inside);
        if (mount.Upper is not { } upper || !Directory.Exists(upper))
        {
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: '{inside}' is on {mount.Info.FileSystem} at {mount.Info.MountPoint}; the fault {fault} changes files of a writable layer on the host's disk only.", target.Name)
            {
                Remedy = "Choose a file that the target has written to its root.",
            };
        }

        using UnixDirectory root = UnixDirectory.Open(upper);
        using UnixDirectory? directory = root.TryOpenInRoot(System.IO.Path.GetDirectoryName(inside)!.TrimStart('/'));
        return directory?.TryStat(System.IO.Path.GetFileName(inside)) is { Kind: FileKind.Regular, Size: > 0 and <= Most } status
            ? new UpperFile(upper, inside, status)
            : throw new ContainerException(ErrorReason.InvalidArgument, $"{target} has no file '{inside}' of 1 byte to 1 GB in its writable layer.", target.Name)
            {
                Remedy = "Name a regular file without symbolic links on the way; a file of the image is there once it has been written (Get-ContainerChange lists them).",
            };
    }
}
