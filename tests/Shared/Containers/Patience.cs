namespace ContainerChaos.Testing;

/// <summary>How long a test waits before it calls something hung, and how much slower than this machine an emulated one may be.</summary>
public static class Patience
{
    /// <summary>The emulated cgroup v2 machine of tests/vm is about ten times slower.</summary>
    public static double Factor { get; } = Environment.GetEnvironmentVariable("CONTAINERCHAOS_VM") == "1" ? 10 : 1;

    /// <summary>Whether the long loops run: a thousand cycles where a build's run makes a few.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("CONTAINERCHAOS_LONG") == "1";

    /// <summary>For whatever has no bound of its own.</summary>
    public static TimeSpan Limit => TimeSpan.FromSeconds(IsLong ? 300 : 30) * Math.Sqrt(Factor);

    /// <summary>A token that ends a wait which takes too long.</summary>
    public static CancellationToken Token => new CancellationTokenSource(Limit).Token;

    /// <summary>A bound, relaxed where the machine is slow.</summary>
    public static TimeSpan Within(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds * Factor);

    /// <summary>How often a loop goes round: often on request, seldom in a build.</summary>
    public static int Rounds(int ofLong, int ofShort) => IsLong ? ofLong : Factor > 1 ? Math.Min(3, ofShort) : ofShort;
}
