using System.Text;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Files of variables or labels, as Docker's <c>--env-file</c> and <c>--label-file</c> read them.</summary>
internal static class KeyValueFile
{
    /// <summary>Reads files; of two lines with one name the later wins.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="paths">The files.</param>
    /// <param name="fallback">The value of a name that stands alone; null leaves it out.</param>
    /// <param name="target">The container.</param>
    /// <exception cref="ContainerException">InvalidArgument: a file can't be read, is no text, or has a line without a name.</exception>
    public static IReadOnlyDictionary<string, string> Read(string option, IEnumerable<string> paths, Func<string, string?> fallback, string target)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var number = 0;
            foreach (var line in Lines(option, path, target))
            {
                number++;
                // Only blanks before a line are nothing; what stands behind the name is the value's, as it is.
                var text = line.TrimStart();
                if (text.Length == 0 || text[0] == '#')
                    continue;
                var (name, value) = text.Split('=', 2) is [var left, var right] ? (left, right) : (text, fallback(text));
                if (name.Length == 0 || name.Any(char.IsWhiteSpace) || name.Contains('\0'))
                {
                    throw EngineErrors.Option(
                        option, path, $"has in line {number} a name that is {(name.Length == 0 ? "empty" : $"no name: '{name}'")}", target, "Write NAME=value, without blanks in the name; a # at the beginning of a line makes it a comment.");
                }
                if (value is not null)
                    pairs[name] = value;
            }
        }
        return pairs;
    }

    private static string[] Lines(string option, string path, string target)
    {
        try
        {
            // It throws where the bytes are no UTF-8, and takes a byte order mark away.
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return reader.ReadToEnd().Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw EngineErrors.Option(option, path, $"can't be read: {(e is DecoderFallbackException ? "it is no text in UTF-8" : e.Message.TrimEnd('.'))}", target, "Name a text file with a line NAME=value for each.");
        }
    }
}
