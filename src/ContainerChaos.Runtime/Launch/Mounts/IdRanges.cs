using System.Globalization;

namespace ContainerChaos.Runtime;

/// <summary>
/// Ranges of ids as crun writes them in the option of an id-mapped mount: <c>0-1000-10#@10-20-5</c>, each the first id in
/// the file system, the first one outside and how many; with <c>@</c> before it the second is one of the container.
/// </summary>
internal static class IdRanges
{
    /// <summary>Reads ranges.</summary>
    /// <param name="entry">The mount, for messages.</param>
    /// <param name="text">The ranges.</param>
    /// <param name="own">The container's own mappings.</param>
    /// <exception cref="ContainerException">It is not written that way, or relative to an id that the container does not have.</exception>
    internal static IReadOnlyList<IdMappingSpec> Parse(MountEntry entry, string text, IReadOnlyList<IdMappingSpec> own)
    {
        var ranges = new List<IdMappingSpec>();
        foreach (var range in text.Split('#', StringSplitOptions.RemoveEmptyEntries))
        {
            var isRelative = range.StartsWith('@');
            if (range.TrimStart('@').Split('-') is not [var inside, var outside, var count]
                || !TryParse(inside, out var first) || !TryParse(outside, out var host) || !TryParse(count, out var size))
            {
                throw entry.Invalid("options", $"'{range}' is not FIRST-HOST-COUNT.");
            }
            if (isRelative)
            {
                var mapping = own.FirstOrDefault(m => host >= m.ContainerID && host - m.ContainerID < m.Size)
                    ?? throw entry.Invalid("options", $"'{range}' is relative to an id that the container's user namespace does not have.");
                host += mapping.HostID - mapping.ContainerID;
            }
            ranges.Add(new IdMappingSpec { ContainerID = first, HostID = host, Size = size });
        }
        return ranges;
    }

    private static bool TryParse(string text, out uint id) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
