using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>What of the container's files is not its image's: the writable layer and its disk, and the volumes, which get what the image has in their place.</summary>
internal sealed partial class ContainerMonitor
{
    private bool _hasVolumes;

    private IEnumerable<ContainerMount> Volumes => _definition.Mounts.Where(mount => mount.Type == ContainerMount.VolumeType);

    /// <summary>What is left of a copy that another container's monitor could not end is done now.</summary>
    private void PrepareVolumes()
    {
        foreach (var volume in Volumes)
            VolumeFiles.Beside(_paths, volume.Name!).EndCopy();
    }

    /// <summary>For the first start: what the image has where a volume is mounted.</summary>
    private Dictionary<string, Action<FileDescriptor>> CopyUps()
    {
        if (!File.Exists(_paths.CopyUp))
            return [];
        var destinations = File.ReadAllLines(_paths.CopyUp);
        return Volumes.Where(volume => destinations.Contains(volume.Destination)).ToDictionary(volume => volume.Destination, volume => new Action<FileDescriptor>(place => CopyUp(volume, place)));
    }

    private void CopyUp(ContainerMount volume, FileDescriptor place)
    {
        // The launcher is kept for restarts, where what the application has deleted is to stay away.
        if (!File.Exists(_paths.CopyUp))
            return;
        try
        {
            VolumeFiles.Beside(_paths, volume.Name!).CopyUp(place, volume.Destination);
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            var errno = (e as ErrnoException)?.Errno ?? (e is IOException { HResult: > 0 and < 200 } ? (Errno)e.HResult : Errno.None);
            throw new ContainerException(
                errno is Errno.ENOSPC or Errno.EDQUOT ? ErrorReason.DiskFull : ErrorReason.StartFailed,
                $"{_definition.Name}: cannot copy what the image has in {volume.Destination} into the volume '{volume.Name}': {e.Message}.", _definition.Name, e)
            {
                Errno = errno,
                Remedy = "Free space there, or leave the volume empty with the option nocopy.",
            };
        }
    }

    private void PublishMounted()
    {
        if (File.Exists(_paths.CopyUp))
            File.Delete(_paths.CopyUp);
        foreach (var volume in Volumes)
        {
            _hasVolumes = true;
            _events.PublishOf(
                EventTypes.Volume, volume.Name!, volume.Name!, EventTypes.Mount,
                ("destination", volume.Destination), ("driver", "local"), ("read/write", volume.ReadOnly ? "false" : "true"), ("propagation", volume.Propagation));
        }
    }

    private void PublishUnmounted()
    {
        if (!_hasVolumes)
            return;
        _hasVolumes = false;
        foreach (var volume in Volumes)
            _events.PublishOf(EventTypes.Volume, volume.Name!, volume.Name!, EventTypes.Unmount, ("driver", "local"));
    }
}
