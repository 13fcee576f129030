using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>A bind mount of a host path, as Docker's <c>-v</c> writes it.</summary>
internal sealed record VolumeMount(string Source, string Destination, bool ReadOnly)
{
    /// <summary>Reads <c>/host/path:/container/path[:ro|rw]</c>.</summary>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static VolumeMount Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length is not (2 or 3) || parts[0].Length == 0 || parts[1].Length == 0 || (parts.Length == 3 && parts[2] is not ("ro" or "rw")))
            throw Invalid(text, "is not of the form /host/path:/container/path[:ro]");
        if (!parts[0].StartsWith('/'))
            throw Invalid(text, "has a host path that is not absolute");
        if (!parts[1].StartsWith('/'))
            throw Invalid(text, "has a container path that is not absolute");
        if (TarLayerSource.TryNormalizePath(parts[1]) is not { Length: > 0 } destination)
            throw Invalid(text, "has a container path that is the root or leads upwards");
        return new VolumeMount(Path.GetFullPath(parts[0]), "/" + destination, parts is [_, _, "ro"]);
    }

    /// <summary>Makes a missing host path a directory, as Docker's <c>-v</c> does.</summary>
    public void EnsureSource()
    {
        if (!Path.Exists(Source))
            Directory.CreateDirectory(Source);
    }

    /// <summary>The volume in the words of the runtime-spec.</summary>
    public MountSpec ToSpec() => new()
    {
        Destination = Destination,
        Type = "bind",
        Source = Source,
        Options = ["rbind", "rprivate", ReadOnly ? "ro" : "rw"],
    };

    private static ContainerException Invalid(string text, string problem) =>
        new(ErrorReason.InvalidArgument, $"The volume '{text}' {problem}.", text) { Remedy = "Write /host/path:/container/path, with :ro at the end for a read-only one." };
}
