using System.Globalization;
using System.Runtime.CompilerServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Which ids an ordinary user may have in a user namespace: subuid(5) and subgid(5), through newuidmap(1) and newgidmap(1).</summary>
public static class SubordinateIds
{
    private const string Users = "/etc/subuid", Groups = "/etc/subgid";

    /// <summary>The maps of a namespace whose root is the caller and whose other ids are those that the two files give to the caller.</summary>
    /// <returns>The caller's own id alone where there is no range, or nothing that could map it.</returns>
    /// <remarks>
    /// The two programs are set-uid root, which no_new_privs takes away, and they refuse a caller who has no name in passwd(5).
    /// A range may be given to the name or to the number.
    /// </remarks>
    public static IdMaps OfCaller()
    {
        var (user, group) = (OwnIdentity.User, OwnIdentity.Group);
        var (users, groups) = (new List<IdMappingSpec> { One(user) }, new List<IdMappingSpec> { One(group) });
        var name = NameOf(user);
        if (name.Length > 0 && CanGainPrivileges() && IdMappingProgram.TryFind("newuidmap") is not null && IdMappingProgram.TryFind("newgidmap") is not null
            && Read(Users, user, name) is { Count: > 0 } moreUsers && Read(Groups, user, name) is { Count: > 0 } moreGroups)
        {
            Append(users, moreUsers);
            Append(groups, moreGroups);
        }
        return new IdMaps(users, groups);
    }

    /// <summary>
    /// The caller's name; empty when there is none. The C library knows of users that are in no file, but looks for them with libraries
    /// that a static program can't load (it dies of it), so ccrun asks the file alone.
    /// </summary>
    private static string NameOf(uint user)
    {
        if (RuntimeFeature.IsDynamicCodeSupported)
            return Environment.UserName;
        var number = user.ToString(CultureInfo.InvariantCulture);
        try
        {
            // passwd(5): name, password, UID.
            return File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && fields[2] == number)?[0] ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The ranges that a list gives to a user.</summary>
    internal static IReadOnlyList<(uint First, uint Count)> Read(string path, uint user, string name)
    {
        var number = user.ToString(CultureInfo.InvariantCulture);
        var ranges = new List<(uint, uint)>();
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                // subuid(5): login name or UID, first subordinate id, count.
                if (line.Split(':') is [var owner, var first, var count] && (owner == name || owner == number)
                    && uint.TryParse(first.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                    && uint.TryParse(count.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 && start <= uint.MaxValue - size)
                    ranges.Add((start, size));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No list, no range.
        }
        return ranges;
    }

    private static void Append(List<IdMappingSpec> maps, IReadOnlyList<(uint First, uint Count)> ranges)
    {
        // user_namespaces(7): a map has at most 340 lines.
        const int most = 340;
        var next = 1u;
        foreach (var (first, count) in ranges.Distinct().Take(most - 1))
        {
            maps.Add(new IdMappingSpec { ContainerID = next, HostID = first, Size = count });
            next += count;
        }
    }

    private static bool CanGainPrivileges()
    {
        try
        {
            // proc_pid_status(5).
            return !File.ReadLines("/proc/self/status").Contains("NoNewPrivs:\t1");
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static IdMappingSpec One(uint id) => new() { ContainerID = 0, HostID = id, Size = 1 };
}
