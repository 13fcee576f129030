using System.Globalization;

namespace ContainerChaos.Runtime;

/// <summary><c>events</c>: writes a container's use of resources and its shortages of memory as lines of JSON.</summary>
internal static class EventsCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var once = false;
        var interval = TimeSpan.FromSeconds(5);
        var parser = new OptionParser("events", "CONTAINER")
            .Switch("--stats", "write the use of resources once", v => once = v)
            .Value("--interval", "DURATION", "how often the use is written, as 5s or 100ms", v => interval = ParseDuration(v));
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        var container = global.Store.Open(parser.Id(operands));
        using var process = container.OpenProcess()
            ?? throw new ContainerException(ErrorReason.InvalidState, $"container with id {container.Id} is not running.", container.Id);
        if (container.Cgroup() is not { Record.Path: not null } cgroup)
            throw new ContainerException(ErrorReason.NotSupported, $"cannot read the events of {container.Id}: it has no control group of its own.", container.Id);
        var events = new ContainerEvents(container.Id, cgroup.Group, OwnStreams.Streams.Output);
        if (once)
            events.WriteStatistics();
        else
            events.Follow(process, interval);
        return 0;
    }

    /// <summary>A duration as Go writes it: <c>1.5s</c>, <c>100ms</c>, <c>1m30s</c>.</summary>
    internal static TimeSpan ParseDuration(string text)
    {
        var rest = text.AsSpan();
        var total = TimeSpan.Zero;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            var unitLength = digits <= 0 ? 0 : rest[digits..].IndexOfAny("0123456789.") is >= 0 and var next ? next : rest.Length - digits;
            double? seconds = unitLength == 0 ? null : rest.Slice(digits, unitLength) switch
            {
                "ns" => 1e-9,
                "us" or "µs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => null,
            };
            if (seconds is null || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count * seconds > 1e8)
                throw new ContainerException(ErrorReason.InvalidArgument, $"--interval: '{text}' is not a duration such as 5s.", text);
            total += TimeSpan.FromSeconds(count * seconds.Value);
            rest = rest[(digits + unitLength)..];
        }
        return total > TimeSpan.Zero
            ? total
            : throw new ContainerException(ErrorReason.InvalidArgument, "--interval: duration interval must be greater than 0.", text);
    }
}
