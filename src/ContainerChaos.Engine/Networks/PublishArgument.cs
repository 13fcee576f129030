using System.Globalization;
using System.Net;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Ports to publish, as Docker's <c>-p</c> writes them.</summary>
internal static class PublishArgument
{
    /// <summary>Reads <c>[address:][host port[-last]:]port[-last][/tcp|/udp]</c>; an address of version 6 is in brackets.</summary>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static IEnumerable<PortMapping> Parse(string text)
    {
        var rest = text;
        var protocol = "tcp";
        if (rest.LastIndexOf('/') is >= 0 and var slash)
        {
            protocol = rest[(slash + 1)..].ToLowerInvariant();
            rest = rest[..slash];
            if (protocol is not ("tcp" or "udp"))
                throw Invalid(text, $"has the protocol '{protocol}'", "Use tcp or udp.");
        }
        string? address = null;
        string[] parts;
        if (rest.StartsWith('[') && rest.IndexOf("]:", StringComparison.Ordinal) is > 0 and var bracket)
        {
            address = rest[1..bracket];
            parts = rest[(bracket + 2)..].Split(':');
        }
        else
        {
            parts = rest.Split(':');
            if (parts.Length == 3)
            {
                address = parts[0];
                parts = parts[1..];
            }
        }
        if (parts.Length is not (1 or 2) || (address is not null && parts.Length != 2))
            throw Invalid(text, "is not of the form [address:][host port:]port[/udp]");
        if (address is { Length: 0 } or "0.0.0.0" or "::")
            address = null;
        if (address is not null && !IPAddress.TryParse(address, out _))
            throw Invalid(text, $"has '{address}', which is no address");
        var (containerFirst, containerLast) = Range(text, parts[^1]);
        var (hostFirst, hostLast) = parts.Length == 2 && parts[0].Length > 0 ? Range(text, parts[0]) : (0, 0);
        if (hostFirst != 0 && hostLast - hostFirst != containerLast - containerFirst)
            throw Invalid(text, "has ranges of different lengths");
        return Enumerable.Range(0, containerLast - containerFirst + 1)
            .Select(i => new PortMapping(address, hostFirst == 0 ? 0 : hostFirst + i, containerFirst + i, protocol));
    }

    /// <summary>What an image exposes, <c>80/tcp</c> or <c>8000-8009/udp</c>, each to any port of the host. What is no TCP or UDP port can't be led anywhere.</summary>
    public static IEnumerable<PortMapping> Exposed(IReadOnlyList<string> ports) =>
        ports.Where(port => port.EndsWith("/tcp", StringComparison.OrdinalIgnoreCase) || port.EndsWith("/udp", StringComparison.OrdinalIgnoreCase)).SelectMany(Parse);

    private static (int First, int Last) Range(string text, string range)
    {
        var ends = range.Split('-');
        if (ends.Length > 2 || !TryPort(ends[0], out var first) || !TryPort(ends[^1], out var last) || last < first)
            throw Invalid(text, $"has '{range}', which is neither a port nor a range");
        return (first, last);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;

    private static ContainerException Invalid(string text, string problem, string? remedy = null) =>
        new(ErrorReason.InvalidArgument, $"The port '{text}' {problem}.", text) { Remedy = remedy ?? "Write 8080:80, 127.0.0.1:8080:80, 8080:80/udp or 8000-8009:8000-8009." };
}
