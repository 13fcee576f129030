namespace ContainerChaos.Linux;

/// <summary>Which mandatory access control this kernel enforces.</summary>
public static class SecurityModules
{
    private static readonly Lazy<bool> AppArmor = new(() => ReadsAs("/sys/module/apparmor/parameters/enabled", "Y"));

    // The file system is registered only while SELinux is enabled (selinux(8)).
    private static readonly Lazy<bool> Selinux = new(() =>
        File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\tselinuxfs", StringComparison.Ordinal)) && File.Exists("/sys/fs/selinux/enforce"));

    /// <summary>Whether AppArmor is enabled.</summary>
    public static bool HasAppArmor => AppArmor.Value;

    /// <summary>Whether SELinux is enabled and its file system mounted.</summary>
    public static bool HasSelinux => Selinux.Value;

    private static bool ReadsAs(string path, string text)
    {
        try
        {
            return File.ReadAllText(path).StartsWith(text, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
