using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Takes a volume with its files away: by the engine, or by the monitor of a container that is removed at its end with its anonymous volumes.</summary>
/// <remarks>The rename out of the way is the moment at which it is gone.</remarks>
public static class VolumeRemoval
{
    /// <summary>Removes a volume, unless somebody has it.</summary>
    /// <param name="files">The volume's.</param>
    /// <param name="executable">The path of <c>ccrun</c>, see <see cref="OwnedDirectory.Delete"/>.</param>
    /// <param name="isUsed">Whether a container has it: asked while nobody can come to have it. May throw.</param>
    /// <param name="sync">Whether it must stay away after a loss of power.</param>
    /// <param name="step">Called before each step that changes what another process sees; null for nobody.</param>
    /// <returns>False when it is used, or there is none (any more).</returns>
    /// <exception cref="IOException">A file can't be removed; the volume is gone, and the next removal of one deletes the rest.</exception>
    public static bool TryRemove(VolumeFiles files, string executable, Func<bool> isUsed, bool sync = false, Action<string>? step = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(isUsed);
        if (!Directory.Exists(files.Path))
            return false;
        var (directory, name) = (Path.GetDirectoryName(files.Path)!, Path.GetFileName(files.Path));
        OwnedDirectory.Sweep(directory, executable);
        var grave = OwnedDirectory.NewPath(directory, "removed");
        using (FileLock.TryExclusive(files.Definition))
        {
            if (isUsed())
                return false;
            try
            {
                step?.Invoke($"rename to {grave}");
                Directory.Move(files.Path, grave);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return false;
            }
            step?.Invoke($"fsync {directory}");
            if (sync)
                StableStorage.Sync(directory);
        }

        EventJournal.Append(
            Path.GetFullPath(Path.Combine(directory, "..", "events", "events.jsonl")),
            new ContainerEvent(EventTypes.Destroy, "", DateTimeOffset.UtcNow, Stopwatch.GetTimestamp(), new Dictionary<string, string> { ["driver"] = "local" })
            {
                Name = name,
                ObjectType = EventTypes.Volume,
                ObjectId = name,
            });
        OwnedDirectory.Delete(grave, executable);
        return true;
    }
}
