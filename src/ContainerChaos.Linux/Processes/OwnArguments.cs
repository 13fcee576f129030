using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>Where this process's command line lies in its own memory (proc_pid_stat(5), fields 48 and 49).</summary>
internal static class OwnArguments
{
    private static readonly Lazy<(long Start, long Length)> Range = new(() =>
    {
        var text = File.ReadAllText("/proc/self/stat");
        // Fields are counted from the third, behind the last parenthesis of the name.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        var start = long.Parse(fields[48 - 3], CultureInfo.InvariantCulture);
        var end = long.Parse(fields[49 - 3], CultureInfo.InvariantCulture);
        return (start, end - start);
    });

    internal static long Start => Range.Value.Start;

    internal static long Length => Range.Value.Length;
}
