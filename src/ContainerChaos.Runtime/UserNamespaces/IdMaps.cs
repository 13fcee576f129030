using System.Globalization;

namespace ContainerChaos.Runtime;

/// <summary>What the ids of a user namespace are on the host, users and groups (user_namespaces(7)).</summary>
/// <param name="users">The users' ranges.</param>
/// <param name="groups">The groups' ranges.</param>
public sealed class IdMaps(IReadOnlyList<IdMappingSpec> users, IReadOnlyList<IdMappingSpec> groups)
{
    /// <summary>The users' ranges.</summary>
    public IReadOnlyList<IdMappingSpec> Users { get; } = users;

    /// <summary>The groups' ranges.</summary>
    public IReadOnlyList<IdMappingSpec> Groups { get; } = groups;

    /// <summary>Whether there is anybody else than root in the namespace.</summary>
    public bool HasOthers => Count(Users) > 1 && Count(Groups) > 1;

    /// <summary>Whether a user and a group exist in the namespace.</summary>
    public bool Contains(uint user, uint group) => IsIn(Users, user) && IsIn(Groups, group);

    /// <summary>How the ids of a namespace are told to people: <c>0 to 65536</c>.</summary>
    public string Describe() => HasOthers ? string.Create(CultureInfo.InvariantCulture, $"0 to {Math.Min(Count(Users), Count(Groups)) - 1}") : "0 alone";

    /// <summary>What a host's user is in the namespace; the id itself when it is nobody in there.</summary>
    public uint UserInside(uint id) => Inside(Users, id);

    /// <summary>What a host's group is in the namespace; the id itself when it is none in there.</summary>
    public uint GroupInside(uint id) => Inside(Groups, id);

    /// <summary>The maps as one word, which <see cref="Parse"/> reads and which is the same for the same maps.</summary>
    public override string ToString() => Text(Users) + "/" + Text(Groups);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static IdMaps Parse(string text) => text.Split('/') is [var users, var groups]
        ? new IdMaps(Ranges(users), Ranges(groups))
        : throw new FormatException($"'{text}' is no id maps.");

    private static long Count(IReadOnlyList<IdMappingSpec> ranges) => ranges.Sum(range => (long)range.Size);

    private static bool IsIn(IReadOnlyList<IdMappingSpec> ranges, uint id) => ranges.Any(range => id >= range.ContainerID && id - range.ContainerID < range.Size);

    private static uint Inside(IReadOnlyList<IdMappingSpec> ranges, uint id) =>
        ranges.FirstOrDefault(range => id >= range.HostID && id - range.HostID < range.Size) is { } found ? found.ContainerID + (id - found.HostID) : id;

    private static string Text(IReadOnlyList<IdMappingSpec> ranges) =>
        string.Join(',', ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.ContainerID}:{range.HostID}:{range.Size}")));

    private static IdMappingSpec[] Ranges(string text) => [.. text.Split(',').Select(Range)];

    private static IdMappingSpec Range(string text) => text.Split(':') is [var inside, var outside, var size]
        ? new IdMappingSpec { ContainerID = Number(inside), HostID = Number(outside), Size = Number(size) }
        : throw new FormatException($"'{text}' is no range of ids.");

    private static uint Number(string text) => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
