namespace ContainerChaos.Linux;

/// <summary>One rule about devices; of several that match, the last one counts.</summary>
/// <param name="Allow">Whether it allows or denies.</param>
/// <param name="Kind">Character or block devices; null for both.</param>
/// <param name="Major">The major number; null for any.</param>
/// <param name="Minor">The minor number; null for any.</param>
/// <param name="Access">What it is about.</param>
public sealed record CgroupDeviceRule(bool Allow, FileKind? Kind, uint? Major, uint? Minor, DeviceAccess Access)
{
    /// <summary>Denies everything.</summary>
    public static CgroupDeviceRule DenyAll { get; } = new(Allow: false, null, null, null, DeviceAccess.All);

    /// <summary>Whether it is about every device in every way.</summary>
    public bool IsAboutAll => Kind is null && Major is null && Minor is null && Access == DeviceAccess.All;

    /// <summary>Whether there is a device that this rule and another one are about.</summary>
    public bool Overlaps(CgroupDeviceRule other) =>
        (Kind is null || other.Kind is null || Kind == other.Kind)
        && (Major is null || other.Major is null || Major == other.Major)
        && (Minor is null || other.Minor is null || Minor == other.Minor)
        && (Access & other.Access) != 0;

    /// <summary>As version 1 takes it (devices.txt): <c>c 1:3 rwm</c>; <c>a</c> where the kind is not given.</summary>
    public override string ToString()
    {
        var kind = Kind switch
        {
            null => 'a',
            FileKind.BlockDevice => 'b',
            _ => 'c',
        };
        return $"{kind} {Number(Major)}:{Number(Minor)} {Letters()}";

        static string Number(uint? number) => number?.ToString() ?? "*";
    }

    private string Letters() => string.Concat(
        (Access & DeviceAccess.Read) != 0 ? "r" : "",
        (Access & DeviceAccess.Write) != 0 ? "w" : "",
        (Access & DeviceAccess.MakeNode) != 0 ? "m" : "");
}
