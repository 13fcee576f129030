using System.Text.RegularExpressions;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>An image's name as people write it, <c>[host[:port]/]repository[:tag]</c>, with the tag <c>latest</c> when none is given.</summary>
/// <remarks>The grammar is that of github.com/distribution/reference without digests: lower-case path components, a tag of at most 128 characters.</remarks>
internal static partial class ImageReference
{
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
        return match.Success;
    }

    [GeneratedRegex(@"\A(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]+)?/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?\z")]
    private static partial Regex Grammar();
}
