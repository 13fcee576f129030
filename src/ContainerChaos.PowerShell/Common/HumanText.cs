using System.Globalization;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Values as the default views show them; the objects keep the raw ones.</summary>
public static class HumanText
{
    /// <summary>A size: <c>2.9 MB</c>.</summary>
    /// <param name="bytes">The size in bytes.</param>
    public static string Size(long bytes) => ByteSize.Format(bytes);

    /// <summary>A duration with its largest fitting units: <c>0.1s</c>, <c>42s</c>, <c>3m 20s</c>, <c>5h 12m</c>, <c>3d 4h</c>; <c>–</c> for none.</summary>
    /// <param name="duration">The duration; null for none.</param>
    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => "–",
        { TotalSeconds: < 0.05 } => "0s",
        { TotalSeconds: < 9.95 } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalSeconds:0.#}s"),
        { TotalMinutes: < 1 } t => string.Create(CultureInfo.InvariantCulture, $"{(int)t.TotalSeconds}s"),
        { TotalHours: < 1 } t => $"{t.Minutes}m {t.Seconds}s",
        { TotalDays: < 1 } t => $"{t.Hours}h {t.Minutes}m",
        { } t => $"{t.Days}d {t.Hours}h",
    };

    /// <summary>A time that is measured to fractions of a millisecond: <c>0.04 ms</c>, <c>1.9 ms</c>, <c>117 ms</c>, <c>1.25 s</c>; <c>–</c> for none.</summary>
    /// <param name="latency">The time; null for none.</param>
    public static string Latency(TimeSpan? latency) => latency switch
    {
        null => "–",
        { TotalMilliseconds: < 0.995 } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalMilliseconds:0.00} ms"),
        { TotalMilliseconds: < 9.95 } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalMilliseconds:0.0} ms"),
        { TotalMilliseconds: < 999.5 } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalMilliseconds:0} ms"),
        { } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalSeconds:0.00} s"),
    };

    /// <summary>The same with its sign: <c>+117 ms</c>, <c>-1.9 ms</c>.</summary>
    /// <param name="shift">The difference of two times; null for none.</param>
    public static string Shift(TimeSpan? shift) => shift is { } t ? (t < TimeSpan.Zero ? "-" : "+") + Latency(t.Duration()) : "–";

    /// <summary>A relative change with its sign: <c>+12 %</c>, <c>-3 %</c>.</summary>
    /// <param name="change">The change, 0.1 for a tenth more; null for none.</param>
    public static string Change(double? change) => change is { } c ? string.Create(CultureInfo.InvariantCulture, $"{100 * c:+0;-0;0} %") : "–";

    /// <summary>An effect size and its interval: <c>0.84 (0.52 to 1.00)</c>.</summary>
    /// <param name="size">The effect size, -1 to 1.</param>
    /// <param name="low">The interval's lower end.</param>
    /// <param name="high">The interval's upper end.</param>
    public static string Effect(double size, double low, double high) =>
        string.Create(CultureInfo.InvariantCulture, $"{size:0.00} ({low:0.00} to {high:0.00})");

    /// <summary>A share: <c>98.1 %</c>.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %");

    /// <summary>How long ago a moment was.</summary>
    /// <param name="moment">The moment; null for none.</param>
    public static string Ago(DateTimeOffset? moment) => Duration(DateTimeOffset.UtcNow - moment);

    /// <summary>
    /// A state as Docker names it, with how the last run ended, or the health: <c>running</c>, <c>running (healthy)</c>,
    /// <c>running (health: starting)</c>, <c>exited (137, oom)</c>.
    /// </summary>
    /// <param name="container">The container.</param>
    public static string State(Container container)
    {
        var name = container.State.ToString().ToLowerInvariant();
        if (container is { State: ContainerStatus.Running or ContainerStatus.Paused, Health: { } health })
            return $"{name} ({(health.Status == HealthStatus.Starting ? "health: " : "")}{health})";
        return container is { State: ContainerStatus.Exited or ContainerStatus.Restarting, ExitCode: { } code }
            ? $"{name} ({code}{(container.OomKilled ? ", oom" : "")})"
            : name;
    }
}
