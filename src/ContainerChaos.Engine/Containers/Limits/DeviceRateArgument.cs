using System.Globalization;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>How much a container may read from or write to a block device in a second, as Docker writes it: <c>/dev/sda:1mb</c>, or <c>/dev/sda:100</c> operations.</summary>
internal static class DeviceRateArgument
{
    /// <summary>Reads the rates of one option.</summary>
    /// <param name="option">Its name.</param>
    /// <param name="texts">The rates.</param>
    /// <param name="isBytes">Whether they are bytes and not operations.</param>
    /// <param name="target">The container.</param>
    /// <exception cref="ContainerException">InvalidArgument: not of the form, no block device.</exception>
    public static IReadOnlyList<ThrottleDeviceSpec> Parse(string option, IEnumerable<string> texts, bool isBytes, string target) =>
        [.. texts.Select(text => Parse(option, text, isBytes, target))];

    private static ThrottleDeviceSpec Parse(string option, string text, bool isBytes, string target)
    {
        var remedy = isBytes ? "Write DEVICE:RATE, such as /dev/sda:1mb." : "Write DEVICE:RATE, such as /dev/sda:100.";
        if (text.LastIndexOf(':') is not (> 0 and var colon))
            throw EngineErrors.Option(option, text, "has no rate", target, remedy);
        var (path, rate) = (text[..colon], text[(colon + 1)..]);
        if (!path.StartsWith("/dev/", StringComparison.Ordinal))
            throw EngineErrors.Option(option, text, "names no device below /dev", target, remedy);
        ulong number;
        if (isBytes && ByteSize.TryParse(rate, out var bytes))
            number = (ulong)bytes;
        else if (isBytes || !ulong.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            throw EngineErrors.Option(option, text, $"has a rate that is no {(isBytes ? "size" : "number")}: '{rate}'", target, remedy);
        if (HostDevices.TryRead(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path, path) is not { Type: "b" } device)
            throw EngineErrors.Option(option, text, $"names no block device: {path}", target, "See lsblk for those that the host has.");
        return new ThrottleDeviceSpec { Major = device.Major, Minor = device.Minor, Rate = number };
    }
}
