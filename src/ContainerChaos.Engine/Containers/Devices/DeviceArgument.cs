using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>A device of the host in a container, as Docker's <c>--device</c> writes it: <c>/dev/x[:/dev/y[:rwm]]</c>.</summary>
internal static class DeviceArgument
{
    private const string Remedy = "Write /dev/ON-THE-HOST[:/dev/IN-THE-CONTAINER[:rwm]].";

    /// <summary>Reads one; a directory stands for all the devices below it.</summary>
    /// <returns>The devices, and the rules that permit their use.</returns>
    /// <exception cref="ContainerException">InvalidArgument: not of the form, no device.</exception>
    public static (IReadOnlyList<DeviceSpec> Devices, IReadOnlyList<DeviceRuleSpec> Rules) Parse(string text, string target)
    {
        var (source, destination, access) = text.Split(':') switch
        {
            [var path] => (path, path, "rwm"),
            [var path, var second] => IsAccess(second) ? (path, path, second) : (path, second, "rwm"),
            [var path, var inside, var letters] when IsAccess(letters) => (path, inside, letters),
            _ => throw EngineErrors.Option("Device", text, "is not of the form", target, Remedy),
        };
        if (!source.StartsWith('/') || !destination.StartsWith('/') || destination == "/" || destination.Split('/').Contains(".."))
            throw EngineErrors.Option("Device", text, "has a path that is not absolute", target, Remedy);
        var devices = Find(source, destination);
        if (devices.Count == 0)
            throw EngineErrors.Option("Device", text, $"names no device of this host: {source}", target, "See ls -l /dev; a device file begins with c or b there.");
        return (devices, [.. devices.Select(device => new DeviceRuleSpec { Allow = true, Type = device.Type, Major = device.Major, Minor = device.Minor, Access = access })]);
    }

    private static IReadOnlyList<DeviceSpec> Find(string source, string destination)
    {
        try
        {
            var path = File.ResolveLinkTarget(source, returnFinalTarget: true)?.FullName ?? source;
            return Directory.Exists(path) ? HostDevices.List(path, destination) : HostDevices.TryRead(path, destination) is { } device ? [device] : [];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static bool IsAccess(string letters) =>
        letters.Length is > 0 and <= 3 && letters.All(letter => letter is 'r' or 'w' or 'm') && letters.Distinct().Count() == letters.Length;
}
