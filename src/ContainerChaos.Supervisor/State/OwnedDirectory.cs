using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// Hidden directories that say in their name which process works in them, so that what a killed process left behind
/// is recognised and swept by the next one: <c>.PURPOSE-PID-STARTTIME-NUMBER</c>.
/// </summary>
public static class OwnedDirectory
{
    private static readonly ulong s_startTime = ProcessStat.TryReadStartTime(Environment.ProcessId) ?? 0;
    private static readonly Lazy<IdMaps?> s_maps = new(() => OwnIdentity.User == 0 ? null : SubordinateIds.OfCaller());
    private static int s_number;

    /// <summary>A path below <paramref name="parent"/> that no other process or thread has.</summary>
    public static string NewPath(string parent, string purpose) => Path.Combine(
        parent,
        string.Create(CultureInfo.InvariantCulture, $".{purpose}-{Environment.ProcessId}-{s_startTime}-{Interlocked.Increment(ref s_number)}"));

    /// <summary>Deletes what processes that no longer exist have left below <paramref name="parent"/>, as far as that can be done.</summary>
    /// <param name="parent">Where to look.</param>
    /// <param name="executable">As for <see cref="Delete"/>.</param>
    /// <param name="before">Called with each before it is deleted; null for nobody.</param>
    public static void Sweep(string parent, string executable, Action<string>? before = null)
    {
        foreach (var path in Directory.EnumerateDirectories(parent, ".*-*-*-*"))
        {
            var parts = Path.GetFileName(path).Split('-');
            if (parts.Length == 4 &&
                int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) &&
                ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var startTime) &&
                !IsAlive(pid, startTime))
            {
                before?.Invoke(path);
                TryDelete(path, executable);
            }
        }
    }

    /// <summary>Deletes a tree that only this process knows, or that is already gone.</summary>
    /// <param name="path">The tree.</param>
    /// <param name="executable">The path of <c>ccrun</c>, by which an ordinary user removes the files of a container's other users.</param>
    public static void Delete(string path, string executable)
    {
        if (!Directory.Exists(path))
            return;
        try
        {
            if (s_maps.Value is not null)
                Open(path);
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (UnauthorizedAccessException) when (s_maps.Value is { HasOthers: true } maps)
        {
            NamespaceRoot.Remove(executable, maps, path);
        }
    }

    // A killed process stays a zombie until its parent reaps it, which may be late; it does nothing more.
    private static bool IsAlive(int pid, ulong startTime) =>
        ProcessStat.TryRead(pid, out var stat) && stat.StartTime == startTime && (stat.State is not ('Z' or 'X') || stat.Threads > 1);

    // What an earlier process left is not this call's to fail on.
    private static void TryDelete(string path, string executable)
    {
        try
        {
            Delete(path, executable);
        }
        catch (Exception e) when (s_maps.Value is not null && e is UnauthorizedAccessException or ContainerException)
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
