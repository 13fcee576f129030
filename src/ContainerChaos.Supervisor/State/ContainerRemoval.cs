using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Takes a container apart that is down: by the engine, or by its own monitor when it was made to be removed at its end.</summary>
/// <remarks>
/// The state says <c>removing</c> first. What is large goes next, and the rename that makes the container vanish is last, so whoever is
/// killed in between leaves a container that is seen to be <c>dead</c> and can be removed again. Killed after it, a grave is left that still
/// tells whose it is: the next process to look buries what there is besides.
/// </remarks>
public static class ContainerRemoval
{
    /// <summary>Removes a container.</summary>
    /// <param name="paths">Where it is.</param>
    /// <param name="definition">What it is.</param>
    /// <param name="executable">The path of <c>ccrun</c>, see <see cref="OwnedDirectory.Delete"/>.</param>
    /// <param name="volumes">Whether its anonymous volumes go with it; those of one that is removed at its end always do, as with Docker.</param>
    /// <param name="step">Called before each step that changes what another process sees; null for nobody.</param>
    /// <returns>False when somebody else has removed it.</returns>
    /// <exception cref="ContainerException">InvalidState: it has been started meanwhile.</exception>
    /// <exception cref="IOException">A file of it can't be removed; the container is dead then.</exception>
    public static bool Remove(ContainerPaths paths, ContainerDefinition definition, string executable, bool volumes = false, Action<string>? step = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(definition);
        if (!Directory.Exists(paths.ContainerDirectory))
            return false;
        // No monitor can start as long as this is held, and only one remover is at work.
        using var guard = MonitorLock.Take(paths);
        if (guard is null || JsonFile.TryReadIntact(paths.State, SupervisorJson.ContainerState)?.InThisBoot().IsActive() == true)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"Cannot remove container '{definition.Name}': it has just been started.", definition.Name)
            {
                Remedy = "Stop it first, or use -Force.",
            };
        }
        // Whoever is just giving it another name finishes first, and it is that name that becomes free. A monitor is the only one to change
        // the definition while it lives, and whoever holds this may wait for it.
        using var held = FileLock.TryExclusive(paths.DefinitionLock);
        return held is not null && RemoveLocked(paths, JsonFile.TryReadIntact(paths.Definition, SupervisorJson.ContainerDefinition) ?? definition, executable, volumes, step);
    }

    /// <summary>Whether somebody holds the container's lock: its monitor, or one who removes it.</summary>
    public static bool IsLocked(ContainerPaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        using var file = FileDescriptor.TryOpen(paths.Lock, OpenFlags.O_RDWR, 0, out _);
        return file is not null && !file.TryLock();
    }

    /// <summary>As <see cref="Remove"/>, by the holder of the monitor's lock.</summary>
    internal static bool RemoveLocked(ContainerPaths paths, ContainerDefinition definition, string executable, bool volumes = false, Action<string>? step = null)
    {
        if (!Directory.Exists(paths.ContainerDirectory))
        {
            RunDirectory.Remove(paths);
            return false;
        }
        // One whose state can't be read is removed all the same.
        var state = JsonFile.TryReadIntact(paths.State, SupervisorJson.ContainerState) ?? new ContainerState();
        Write(paths, state with { Status = ContainerStatus.Removing, Error = null, Pid = 0, PidStartTime = 0 });
        try
        {
            foreach (var entry in new DirectoryInfo(paths.ContainerDirectory).EnumerateFileSystemInfos())
            {
                if (entry.FullName == paths.Definition || entry.FullName == paths.State)
                    continue;
                if (entry is DirectoryInfo { LinkTarget: null })
                    OwnedDirectory.Delete(entry.FullName, executable);
                else
                    entry.Delete();
            }
            definition.Storage?.Release(paths.ContainerDirectory);
            // Before the container vanishes, so that a removal that is repeated finds what is left of them.
            if (volumes || definition.AutoRemove)
                RemoveVolumes(paths, definition, executable, step);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ErrnoException or ContainerException)
        {
            Write(paths, state with { Status = ContainerStatus.Dead, Error = $"It could not be removed completely: {e.Message}", Pid = 0, PidStartTime = 0 });
            RunDirectory.Remove(paths);
            throw;
        }

        var grave = OwnedDirectory.NewPath(Path.GetDirectoryName(paths.ContainerDirectory)!, "removed");
        step?.Invoke($"rename to {grave}");
        Directory.Move(paths.ContainerDirectory, grave);
        step?.Invoke("release the name");
        Bury(paths, definition, executable);
        OwnedDirectory.Delete(grave, executable);
        return true;
    }

    /// <summary>Deletes what processes that no longer exist have left of containers that they made or removed, as far as that can be done.</summary>
    /// <param name="containers">The directory of all containers.</param>
    /// <param name="runRoot">The directory of all run directories.</param>
    /// <param name="executable">The path of <c>ccrun</c>, see <see cref="OwnedDirectory.Delete"/>.</param>
    public static void Sweep(string containers, string runRoot, string executable) => OwnedDirectory.Sweep(containers, executable, path =>
    {
        if (Path.GetFileName(path).StartsWith(".removed-", StringComparison.Ordinal) &&
            JsonFile.TryReadIntact(new ContainerPaths(path, "").Definition, SupervisorJson.ContainerDefinition) is { } definition)
        {
            Bury(new ContainerPaths(Path.Combine(containers, definition.Id), Path.Combine(runRoot, definition.Id)), definition, executable);
        }
    });

    /// <summary>What is left of a container that has vanished, outside of its directory.</summary>
    private static void Bury(ContainerPaths paths, ContainerDefinition definition, string executable)
    {
        Release(Path.GetFullPath(Path.Combine(paths.ContainerDirectory, "..", "..", "names", definition.Name)), definition.Id);
        RunDirectory.Remove(paths);
        OwnedDirectory.Delete(paths.RunDirectory, executable);
    }

    /// <summary>Gives a name back if it still belongs to the id.</summary>
    /// <param name="path">The file that holds the name.</param>
    /// <param name="id">What the file has to say: the container's id.</param>
    public static void Release(string path, string id)
    {
        // Another may find the name abandoned too, and its next owner may have it already: the look and the deletion are one step for all
        // who delete names. Nothing else is waited for by who holds this.
        using var names = FileLock.TryExclusive(Path.GetDirectoryName(path)!);
        try
        {
            if (File.ReadAllText(path) == id)
                File.Delete(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // It was given back before.
        }
    }

    private static void RemoveVolumes(ContainerPaths paths, ContainerDefinition definition, string executable, Action<string>? step)
    {
        foreach (var volume in definition.Mounts.Where(mount => mount.IsAnonymous))
        {
            // Another container may have been given it by its name.
            VolumeRemoval.TryRemove(VolumeFiles.Beside(paths, volume.Name!), executable, () => HasOtherUser(paths, volume.Name!), step: step);
        }
    }

    private static bool HasOtherUser(ContainerPaths paths, string volume) =>
        Directory.EnumerateDirectories(Path.GetDirectoryName(paths.ContainerDirectory)!).Where(path => path != paths.ContainerDirectory)
            .Any(path => JsonFile.TryReadIntact(Path.Combine(path, Path.GetFileName(paths.Definition)), SupervisorJson.ContainerDefinition)?.Mounts.Any(mount => mount.Name == volume) == true);

    // To remove a container must also work on a full disk, where the state can't be written.
    private static void Write(ContainerPaths paths, ContainerState state)
    {
        try
        {
            JsonFile.Write(paths.State, state with { MonitorPid = 0, BootId = BootIdentity.Current }, SupervisorJson.ContainerState);
        }
        catch (Exception e) when (e is ErrnoException { Errno: Errno.ENOSPC or Errno.EDQUOT } or IOException)
        {
        }
    }
}
