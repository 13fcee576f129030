using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>The volumes of a container that is being made: they are made where they are missing, kept from being removed meanwhile, and go again if it comes to nothing.</summary>
internal sealed class VolumeClaim : IDisposable
{
    private readonly VolumeStore _store;
    private readonly List<FileLock> _pins = [];
    private readonly List<string> _made = [];
    private bool _kept;

    private VolumeClaim(VolumeStore store) => _store = store;

    /// <summary>What the container has mounted.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; private set; } = [];

    /// <summary>Claims what the requests need.</summary>
    /// <exception cref="ContainerException">InvalidArgument, InvalidName, DiskFull.</exception>
    public static VolumeClaim Take(VolumeStore store, IReadOnlyList<MountRequest> requests)
    {
        var claim = new VolumeClaim(store);
        try
        {
            // An array, for those who index it in PowerShell, which can't index what the compiler makes of a collection expression.
            claim.Mounts = requests.Select(claim.Make).ToArray();
            return claim;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>The container is there now, and they are its own.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        foreach (var pin in _pins)
            pin.Dispose();
        if (_kept)
            return;
        foreach (var name in _made)
        {
            try
            {
                _store.Remove(name);
            }
            catch (ContainerException e) when (e.Reason == ErrorReason.VolumeInUse)
            {
                // Another container was made with it meanwhile.
            }
        }
    }

    private ContainerMount Make(MountRequest request)
    {
        if (request.Type == ContainerMount.TmpfsType)
            return new ContainerMount { Type = request.Type, Destination = request.Destination, ReadOnly = request.ReadOnly };
        if (request.Type == ContainerMount.BindType)
        {
            if (!Path.Exists(request.Source))
            {
                if (!request.CreatesSource)
                    throw MountRequest.Invalid(request.Source, "has a source that does not exist on the host", "Make it first. Only -Volume makes a missing directory, as Docker's -v does.");
                Directory.CreateDirectory(request.Source);
            }

            CheckShared(request);
            return new ContainerMount { Type = request.Type, Source = request.Source, Destination = request.Destination, ReadOnly = request.ReadOnly, Propagation = request.Propagation };
        }

        while (true)
        {
            var volume = _store.GetOrCreate(
                new VolumeCreateOptions { Name = request.Source.Length > 0 ? request.Source : null, Labels = request.Labels, Options = request.DriverOptions }, request.Source.Length == 0, out var made);
            if (made)
                _made.Add(volume.Name);
            // Not, when it has just been removed.
            if (_store.TryPin(volume.Name) is not { } pin)
                continue;
            _pins.Add(pin);
            return new ContainerMount
            {
                Type = request.Type,
                Name = volume.Name,
                Source = _store.Source(volume),
                Destination = request.Destination,
                ReadOnly = request.ReadOnly,
                Propagation = request.Propagation,
                // As with Docker, one that was given by its name, be it one that nobody chose, does not go with the container.
                IsAnonymous = request.Source.Length == 0,
            };
        }
    }

    // moby, daemon/oci_linux.go: a mount that is private on the host has nothing to pass on, and nobody would notice.
    private static void CheckShared(MountRequest request)
    {
        if (request.Propagation is "private" or "rprivate")
            return;
        var mount = MountInfo.Of(request.Source);
        var isEnough = request.Propagation is "shared" or "rshared" ? mount?.IsShared == true : mount is { IsShared: true } or { IsSlave: true };
        if (!isEnough)
        {
            throw MountRequest.Invalid(
                $"{request.Source}:{request.Destination}", $"can't be {request.Propagation}: {request.Source} lies on the mount {mount?.MountPoint}, which is private",
                $"Make that one shared: mount --make-shared {mount?.MountPoint}");
        }
    }
}
