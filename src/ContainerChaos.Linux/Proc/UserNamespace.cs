namespace ContainerChaos.Linux;

/// <summary>The user namespace that this process is in (user_namespaces(7)).</summary>
public static class UserNamespace
{
    private static readonly Lazy<bool> Initial = new(() => IsIdentity(File.ReadAllText("/proc/self/uid_map")));

    /// <summary>Whether it is the first one, or maps every user to itself as the first one does.</summary>
    public static bool IsInitial => Initial.Value;

    /// <summary>Whether a <c>uid_map</c> maps all ids to themselves: one line, <c>0 0 4294967295</c>.</summary>
    internal static bool IsIdentity(string map) =>
        map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];
}
