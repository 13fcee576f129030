using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// Writes <c>container.json</c> so that a kill or a loss of power leaves the old one or the new one. The writer is the container's
/// monitor, or who holds <see cref="ContainerPaths.DefinitionLock"/> while there is none.
/// </summary>
public static class DefinitionFile
{
    /// <summary>Replaces the definition: a new file on the disk, then the rename, then the directory on the disk.</summary>
    /// <remarks>Each is younger than the one before, by which readers that keep it see that it has changed.</remarks>
    /// <exception cref="ErrnoException">ENOSPC and the like; the old one is there then.</exception>
    public static void Write(ContainerPaths paths, ContainerDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var temporary = paths.Definition + ".new";
        using (var file = FileDescriptor.Open(temporary, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x180 /* 0600 */))
            file.Write(SupervisorJson.ContainerDefinition.ToBytes(definition));
        var former = File.GetLastWriteTimeUtc(paths.Definition);
        if (File.GetLastWriteTimeUtc(temporary) <= former)
            File.SetLastWriteTimeUtc(temporary, former.AddTicks(1));
        StableStorage.Sync(temporary);
        File.Move(temporary, paths.Definition, overwrite: true);
        StableStorage.Sync(paths.ContainerDirectory);
    }

    /// <summary>Brings the runtime-spec's resources up to date for others who read it. The definition's limits count, so that what fails here has no consequence.</summary>
    public static void WriteResources(ContainerPaths paths, ResourcesSpec resources)
    {
        ArgumentNullException.ThrowIfNull(paths);
        try
        {
            var spec = RuntimeSpecJson.Read(paths.Spec);
            JsonFile.Write(paths.Spec, spec with { Linux = (spec.Linux ?? new LinuxSpec()) with { Resources = resources } }, SupervisorJson.RuntimeSpec);
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException or UnauthorizedAccessException)
        {
            // A full disk; the next change brings it up to date.
        }
    }
}
