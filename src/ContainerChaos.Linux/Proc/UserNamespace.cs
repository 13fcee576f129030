namespace ContainerChaos.Linux;

/// <summary>The user namespace that this process is in (user_namespaces(7)).</summary>
public static class UserNamespace
{
    private static readonly Lazy<bool> Initial = new(() => IsIdentity(File.ReadAllText("/proc/self/uid_map")));

    /// <summary>Whether it is the first one, or maps every user to itself as the first one does.</summary>
    public static bool IsInitial => Initial.Value;

    /// <summary>The id that a user of this namespace has in the one above; the id itself where it is not mapped.</summary>
    public static uint ToOutside(uint user)
    {
        // user_namespaces(7): "ID-inside-ns ID-outside-ns length", a line for each range.
        foreach (var line in File.ReadLines("/proc/self/uid_map"))
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (uint.Parse(fields[0]) is var inside && user >= inside && user - inside < uint.Parse(fields[2]))
                return uint.Parse(fields[1]) + (user - inside);
        }
        return user;
    }

    /// <summary>Whether a <c>uid_map</c> maps all ids to themselves: one line, <c>0 0 4294967295</c>.</summary>
    internal static bool IsIdentity(string map) =>
        map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];
}
