using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What only a user namespace's root can do to a file: give it to another user, with the bits and attributes that this takes away.</summary>
/// <param name="Path">The path below the tree's root; empty for the root itself.</param>
/// <param name="Kind">What it is; where it has become something else, nothing is done.</param>
/// <param name="UserId">The owner in the namespace.</param>
/// <param name="GroupId">The group in the namespace.</param>
/// <param name="Mode">The permission bits.</param>
/// <param name="Attributes">Extended attributes such as <c>security.capability</c>.</param>
public sealed record OwnerChange(string Path, FileKind Kind, uint UserId, uint GroupId, uint Mode, IReadOnlyList<KeyValuePair<string, byte[]>> Attributes)
{
    /// <summary>Writes a list of changes to a file.</summary>
    public static void Write(string file, IEnumerable<OwnerChange> changes)
    {
        using var writer = new StreamWriter(file);
        foreach (var change in changes)
        {
            Put(writer, change.Path);
            foreach (var number in (ReadOnlySpan<uint>)[(uint)change.Kind, change.UserId, change.GroupId, change.Mode, (uint)change.Attributes.Count])
                Put(writer, number.ToString(CultureInfo.InvariantCulture));
            foreach (var (name, value) in change.Attributes)
            {
                Put(writer, name);
                Put(writer, Convert.ToBase64String(value));
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    internal static IEnumerable<OwnerChange> Read(string file)
    {
        var words = File.ReadAllText(file).Split('\0');
        for (var i = 0; i < words.Length - 1;)
        {
            var path = words[i++];
            var (kind, user, group, mode, count) = (Number(words[i++]), Number(words[i++]), Number(words[i++]), Number(words[i++]), Number(words[i++]));
            var attributes = new List<KeyValuePair<string, byte[]>>();
            for (; count > 0; count--)
                attributes.Add(new(words[i++], Convert.FromBase64String(words[i++])));
            yield return new OwnerChange(path, (FileKind)kind, user, group, mode, attributes);
        }
    }

    /// <summary>Does it, below a tree's root and nowhere else.</summary>
    internal void Apply(UnixDirectory root)
    {
        var slash = Path.LastIndexOf('/');
        using var parent = root.TryOpenInRoot(slash < 0 ? "" : Path[..slash]);
        var name = Path.Length == 0 ? "." : Path[(slash + 1)..];
        if (parent?.TryStat(name) is not { } status || status.Kind != Kind)
            return;
        parent.SetOwner(name, UserId, GroupId);
        if (Kind != FileKind.SymbolicLink)
            parent.SetMode(name, Mode);
        foreach (var (attribute, value) in Attributes)
            parent.SetExtendedAttribute(name, attribute, value);
    }

    private static void Put(StreamWriter writer, string word)
    {
        writer.Write(word);
        writer.Write('\0');
    }

    private static uint Number(string text) => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
