namespace ContainerChaos.Linux;

/// <summary>Which boot of the machine this is (random(4), <c>/proc/sys/kernel/random/boot_id</c>).</summary>
public static class BootIdentity
{
    private static readonly Lazy<string> s_current = new(static () => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <summary>The kernel's random name for the time since it started: a UUID.</summary>
    public static string Current => s_current.Value;
}
