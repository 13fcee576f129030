using System.Text.RegularExpressions;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>An image's name as people write it, <c>[host[:port]/]repository[:tag]</c>, with the tag <c>latest</c> when none is given.</summary>
/// <remarks>The grammar is that of github.com/distribution/reference without digests: lower-case path components, a tag of at most 128 characters.</remarks>
internal static partial class ImageReference
{
    private static readonly string[] s_unsaid = ["docker.io/", "index.docker.io/", "library/"];

    /// <summary>Gives a reference the form that it is stored under.</summary>
    /// <exception cref="ContainerException">InvalidName.</exception>
    public static string Normalize(string reference)
    {
        if (!TryNormalize(reference, out var normalized))
        {
            EngineErrors.Throw(
                ErrorReason.InvalidName, $"'{reference}' is not an image reference.", reference,
                "Write repository or repository:tag, in lower-case letters, digits and . _ - /, such as debian or team/orders:1.2.");
        }

        return normalized;
    }

    /// <summary>As <see cref="Normalize"/>; false for text of another form.</summary>
    public static bool TryNormalize(string reference, out string normalized)
    {
        var match = reference.Length <= 255 ? Grammar().Match(reference) : Match.Empty;
        normalized = match.Success && !match.Groups["tag"].Success ? reference + ":latest" : reference;
        // What Docker calls familiar: its own registry is not said.
        foreach (var prefix in s_unsaid)
        {
            if (match.Success && normalized.StartsWith(prefix, StringComparison.Ordinal) && (prefix != "library/" || normalized.AsSpan().Count('/') == 1))
                normalized = normalized[prefix.Length..];
        }

        return match.Success;
    }

    /// <summary>The whole name of a normalised reference, as containerd and registries' clients write it.</summary>
    public static string Qualify(string normalized)
    {
        var slash = normalized.IndexOf('/');
        if (slash < 0)
            return "docker.io/library/" + normalized;
        return IsHost(normalized[..slash]) ? normalized : "docker.io/" + normalized;
    }

    /// <summary>Whether the first component of a reference is a registry's address.</summary>
    public static bool IsHost(string component) => component.ContainsAny('.', ':') || component == "localhost" || component.Any(char.IsAsciiLetterUpper);

    /// <summary>Repository and tag of a normalised reference.</summary>
    public static (string Repository, string Tag) Split(string normalized)
    {
        var colon = normalized.LastIndexOf(':');
        return (normalized[..colon], normalized[(colon + 1)..]);
    }

    [GeneratedRegex(@"\A(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]+)?/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?\z")]
    private static partial Regex Grammar();
}
