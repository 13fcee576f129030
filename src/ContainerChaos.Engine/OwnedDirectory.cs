using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>
/// Hidden directories that say in their name which process works in them, so that what a killed process left behind
/// is recognised and swept by the next one: <c>.PURPOSE-PID-STARTTIME-NUMBER</c>.
/// </summary>
internal static class OwnedDirectory
{
    private static readonly ulong s_startTime = ProcessStat.TryReadStartTime(Environment.ProcessId) ?? 0;
    private static int s_number;

    /// <summary>A path below <paramref name="parent"/> that no other process or thread has.</summary>
    public static string NewPath(string parent, string purpose) => Path.Combine(
        parent,
        string.Create(CultureInfo.InvariantCulture, $".{purpose}-{Environment.ProcessId}-{s_startTime}-{Interlocked.Increment(ref s_number)}"));

    /// <summary>Deletes what processes that no longer exist have left below <paramref name="parent"/>.</summary>
    public static void Sweep(string parent)
    {
        foreach (var path in Directory.EnumerateDirectories(parent, ".*-*-*-*"))
        {
            var parts = Path.GetFileName(path).Split('-');
            if (parts.Length == 4 &&
                int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) &&
                ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var startTime) &&
                ProcessStat.TryReadStartTime(pid) != startTime)
            {
                Delete(path);
            }
        }
    }

    /// <summary>Deletes a tree that only this process knows, or that is already gone.</summary>
    public static void Delete(string path)
    {
        if (OwnIdentity.User != 0)
            Open(path);
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }

    /// <summary>Overlayfs leaves a directory without any permission in its work directory, and an image may have more; only root passes those.</summary>
    private static void Open(string path)
    {
        const UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | all);
            foreach (var child in new DirectoryInfo(path).EnumerateDirectories().Where(child => child.LinkTarget is null))
                Open(child.FullName);
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }
}
