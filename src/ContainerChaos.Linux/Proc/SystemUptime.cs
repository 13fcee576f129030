using System.Buffers.Text;

namespace ContainerChaos.Linux;

/// <summary>Turns start times of processes, which count from boot, into wall-clock times.</summary>
public static class SystemUptime
{
    /// <summary>The ticks of <see cref="ProcessStat.StartTime"/>: USER_HZ, 100 on every architecture Linux supports .NET on.</summary>
    public const int TicksPerSecond = 100;

    /// <summary>The wall-clock time of the boot, from the current time and <c>/proc/uptime</c>, to about 10 ms.</summary>
    public static DateTimeOffset ReadBootTime() => DateTimeOffset.UtcNow - Parse(File.ReadAllBytes("/proc/uptime"));

    /// <summary>The wall-clock time of a start time.</summary>
    /// <param name="bootTime">What <see cref="ReadBootTime"/> returned.</param>
    /// <param name="startTime">Ticks after boot.</param>
    public static DateTimeOffset ToTime(DateTimeOffset bootTime, ulong startTime) =>
        bootTime + TimeSpan.FromSeconds((double)startTime / TicksPerSecond);

    // proc_uptime(5): two numbers, the uptime of the system (including time spent in suspend) and the time spent idle, in seconds.
    internal static TimeSpan Parse(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out double seconds, out _) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
}
