namespace ContainerChaos.Engine;

/// <summary>How a layer says that something of the layers below is gone (image-spec, layer.md, "Whiteouts"; overlayfs.rst, "whiteouts and opaque directories").</summary>
internal static class Whiteout
{
    /// <summary>Begins the name of an empty file that removes its namesake below.</summary>
    public const string Prefix = ".wh.";

    /// <summary>An empty file in a directory that hides everything the directory has below.</summary>
    public const string Opaque = ".wh..wh..opq";

    /// <summary>What overlayfs has in the place of that file.</summary>
    public const string OpaqueAttribute = "trusted.overlay.opaque";

    /// <summary>The same in a user namespace.</summary>
    public const string OpaqueUserAttribute = "user.overlay.opaque";

    public static bool IsName(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Other marks of aufs, which mean nothing to anybody else.</summary>
    public static bool IsForeignMark(string name) => name.StartsWith(Prefix + Prefix, StringComparison.Ordinal) && name != Opaque;

    /// <summary>The path of the file that removes a path.</summary>
    public static string Of(string path)
    {
        var name = path.LastIndexOf('/') + 1;
        return path[..name] + Prefix + path[name..];
    }
}
