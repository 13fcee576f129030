using System.Globalization;
using System.Net;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>What ends a fault before its time: the host runs short of something, or a service that must live does not answer.</summary>
public sealed record StopCondition
{
    /// <summary>What is looked at.</summary>
    public required StopConditionKind Kind { get; init; }

    /// <summary>The resource of a pressure (<c>cpu</c>, <c>memory</c>, <c>io</c>), the path on a disk, or the URL of a probe.</summary>
    public required string Subject { get; init; }

    /// <summary>The share of time in per cent above which a pressure, or the bytes below which free space, ends the fault.</summary>
    public double Threshold { get; init; }

    /// <summary>Reads a condition as it is written.</summary>
    /// <param name="text">
    /// <c>psi:memory&gt;20</c> (some processes of the host wait for it more than 20 % of the last 10 s), <c>memory&lt;512m</c> (MemAvailable),
    /// <c>disk:/var&lt;1g</c> (free for ordinary users), or <c>http://127.0.0.1:8080/healthz</c> (no answer of 200 to 399 within half a second, three times in a row).
    /// </param>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static StopCondition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var wanted = text.Trim();
        // Nobody is asked for a name while something is broken on purpose.
        if (Uri.TryCreate(wanted, UriKind.Absolute, out var url) && url.Scheme == "http" && (url.DnsSafeHost == "localhost" || IPAddress.TryParse(url.DnsSafeHost, out _)))
            return new StopCondition { Kind = StopConditionKind.Probe, Subject = url.AbsoluteUri };
        if (wanted.StartsWith("psi:", StringComparison.Ordinal) && wanted[4..].Split('>') is [var resource, var share] && resource.Trim() is "cpu" or "memory" or "io"
            && double.TryParse(share.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100)
            return new StopCondition { Kind = StopConditionKind.Pressure, Subject = wanted[4..].Split('>')[0].Trim(), Threshold = percent };
        if (wanted.Split('<') is [var what, var size] && ByteSize.TryParse(size, out var bytes) && bytes > 0)
        {
            if (what.Trim() == "memory")
                return new StopCondition { Kind = StopConditionKind.Memory, Subject = "memory", Threshold = bytes };
            if (what.StartsWith("disk:/", StringComparison.Ordinal))
                return new StopCondition { Kind = StopConditionKind.Disk, Subject = what[5..].Trim(), Threshold = bytes };
        }
        throw new ContainerException(ErrorReason.InvalidArgument, $"'{text}' is no stop condition.", text)
        {
            Remedy = "Write psi:cpu>90, psi:memory>20, psi:io>50, memory<512m, disk:/var<1g or http://127.0.0.1:8080/healthz.",
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        StopConditionKind.Pressure => string.Create(CultureInfo.InvariantCulture, $"psi:{Subject}>{Threshold}"),
        StopConditionKind.Memory => string.Create(CultureInfo.InvariantCulture, $"memory<{Threshold:0}"),
        StopConditionKind.Disk => string.Create(CultureInfo.InvariantCulture, $"disk:{Subject}<{Threshold:0}"),
        _ => Subject,
    };
}
