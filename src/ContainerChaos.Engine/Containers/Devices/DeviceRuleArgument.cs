using System.Globalization;
using System.Text.RegularExpressions;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Which devices a container may use beside those that it has, as Docker's <c>--device-cgroup-rule</c> writes it: <c>c 42:* rmw</c>.</summary>
internal static partial class DeviceRuleArgument
{
    /// <summary>Reads one.</summary>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static DeviceRuleSpec Parse(string text, string target)
    {
        var match = Form().Match(text);
        if (!match.Success)
            throw EngineErrors.Option("DeviceCgroupRule", text, "is no rule about devices", target, "Write TYPE MAJOR:MINOR ACCESS, such as 'c 42:* rwm': type a, b or c, a number or *, and letters of r, w and m.");
        return new DeviceRuleSpec { Allow = true, Type = match.Groups[1].Value, Major = Number(match.Groups[2]), Minor = Number(match.Groups[3]), Access = match.Groups[4].Value };

        static long? Number(Group group) => group.Value == "*" ? null : long.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
    }

    // moby, daemon/cluster/convert and oci/oci.go: deviceCgroupRuleRegex.
    [GeneratedRegex(@"\A([acb]) ([0-9]{1,9}|\*):([0-9]{1,9}|\*) ([rwm]{1,3})\z")]
    private static partial Regex Form();
}
