using System.Globalization;
using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Who a container's first process runs as, looked up in the image's own passwd(5) and group(5).</summary>
/// <remarks>Docker's rules: a number needs no entry; supplementary groups come with a user whose group is not given.</remarks>
internal sealed record ImageUser(uint UserId, uint GroupId, IReadOnlyList<uint> Groups, string Home)
{
    /// <summary>Resolves <c>user[:group]</c>.</summary>
    /// <param name="text">Names or numbers; empty for root.</param>
    /// <param name="lowerDirs">The image's layers, top first.</param>
    /// <exception cref="ContainerException">InvalidArgument for a name that the image does not have.</exception>
    public static ImageUser Resolve(string text, IReadOnlyList<string> lowerDirs)
    {
        var (user, group) = text.Split(':', 2) is [var first, var second] ? (first, second) : (text, "");
        if (user.Length == 0)
            user = "0";
        var isNumber = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var userId);
        // passwd(5): name:password:UID:GID:GECOS:directory:shell
        var entry = ReadTable(lowerDirs, "etc/passwd")
            .FirstOrDefault(fields => fields.Length >= 6 && (fields[0] == user || (isNumber && fields[2] == user)));
        if (entry is null && !isNumber)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The image has no user '{user}' in its /etc/passwd.", user, "Give a user that it has, or a number.");
        var groupId = 0u;
        if (entry is not null && (!TryNumber(entry[2], out userId) || !TryNumber(entry[3], out groupId)))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The entry of '{user}' in the image's /etc/passwd has no numeric ids.", user, "Give the ids as numbers.");
        // group(5): group_name:password:GID:user_list
        List<uint> groups = [];
        if (group.Length > 0)
        {
            if (!TryNumber(group, out groupId))
            {
                var match = ReadTable(lowerDirs, "etc/group").FirstOrDefault(fields => fields.Length >= 3 && fields[0] == group);
                if (match is null || !TryNumber(match[2], out groupId))
                    EngineErrors.Throw(ErrorReason.InvalidArgument, $"The image has no group '{group}' in its /etc/group.", group, "Give a group that it has, or a number.");
            }
        }
        else if (entry is not null)
        {
            foreach (var fields in ReadTable(lowerDirs, "etc/group"))
            {
                if (fields.Length >= 4 && fields[3].Split(',').Contains(entry[0]) && TryNumber(fields[2], out var id) && id != groupId)
                    groups.Add(id);
            }
        }

        // The primary group is among them: a file that denies it something can't be got round by leaving it (CVE-2022-36109).
        return new ImageUser(userId, groupId, [groupId, .. groups], entry is { } known && known[5].StartsWith('/') ? known[5] : "/");
    }

    /// <summary>The same user in further groups.</summary>
    /// <param name="groups">Names or numbers; a number needs no entry.</param>
    /// <param name="lowerDirs">The image's layers, top first.</param>
    /// <param name="target">The container, for the error.</param>
    /// <exception cref="ContainerException">InvalidArgument for a name that the image does not have.</exception>
    public ImageUser With(IReadOnlyList<string> groups, IReadOnlyList<string> lowerDirs, string target)
    {
        if (groups.Count == 0)
            return this;
        var table = groups.All(group => TryNumber(group, out _)) ? [] : ReadTable(lowerDirs, "etc/group").ToArray();
        return this with { Groups = [.. Groups.Concat(groups.Select(Find)).Distinct()] };

        uint Find(string group)
        {
            if (TryNumber(group, out var id))
                return id;
            return table.FirstOrDefault(fields => fields.Length >= 3 && fields[0] == group) is { } entry && TryNumber(entry[2], out id)
                ? id
                : throw EngineErrors.Option("GroupAdd", group, "is no group of the image's /etc/group", target, "Give a group that it has, or a number.");
        }
    }

    private static bool TryNumber(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static IEnumerable<string[]> ReadTable(IReadOnlyList<string> lowerDirs, string path)
    {
        foreach (var layer in lowerDirs)
        {
            using var root = UnixDirectory.Open(layer);
            if (TryOpen(root, path) is not { } handle)
                continue;
            using var reader = new StreamReader(new FileStream(handle, FileAccess.Read, bufferSize: 0), Encoding.UTF8);
            return reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.TrimEnd('\r').Split(':')).ToArray();
        }

        return [];
    }

    // An image may have anything in the place of its tables; what is no readable file has no entries.
    private static Microsoft.Win32.SafeHandles.SafeFileHandle? TryOpen(UnixDirectory root, string path)
    {
        try
        {
            var handle = root.TryOpenFileInRoot(path);
            if (handle is null || FileStatus.Read(handle).Kind == FileKind.Regular)
                return handle;
            handle.Dispose();
            return null;
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOTDIR or Errno.ELOOP or Errno.ENXIO)
        {
            return null;
        }
    }
}
