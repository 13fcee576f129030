using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>What images, containers and volumes take on the disk, in this order.</summary>
    /// <param name="cancellationToken">Ends the call: every file of the containers and volumes is looked at.</param>
    public IReadOnlyList<ContainerDiskUsage> ReadDiskUsage(CancellationToken cancellationToken = default) => Guard("read the disk usage", Options.DataRoot, () =>
    {
        var containers = List();
        ContainerDiskUsage[] usage =
        [
            ImageUsage(containers),
            Sum("Containers", [.. containers.Select(container => Measure(cancellationToken, () => new ContainerDiskUsageItem
            {
                Type = "Container",
                Name = container.Name,
                Id = container.Id,
                SizeBytes = TreeSize.OnDisk(container.RootPath),
                IsActive = container.State is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting,
                CreatedAt = container.CreatedAt,
            }))]),
            Sum("Volumes", [.. ListVolumes().Select(volume => Measure(cancellationToken, () => new ContainerDiskUsageItem
            {
                Type = "Volume",
                Name = volume.Name,
                Id = volume.Name,
                SizeBytes = TreeSize.OnDisk(volume.Mountpoint),
                Containers = volume.Containers.Count,
                IsActive = volume.Containers.Count > 0,
                CreatedAt = volume.CreatedAt,
            }))]),
        ];
        return usage;
    });

    /// <summary>What <see cref="Prune"/> would remove, in the order in which that works: containers, networks, volumes, images.</summary>
    /// <param name="options">What to look for.</param>
    public IReadOnlyList<PruneCandidate> FindPrunable(PruneOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Guard("look for what is not used", Options.DataRoot, () =>
        {
            var stopped = options.Containers
                ? List().Where(container => !IsActive(container.State) && Matches(options, container.CreatedAt, container.Labels)).ToList() : [];
            var gone = stopped.Select(container => container.Id).ToHashSet();
            var kept = _store.Definitions().Where(definition => !gone.Contains(definition.Id)).ToList();
            var found = stopped.Select(container => new PruneCandidate("Container", container.Name, container.Id, TreeSize.OnDisk(container.RootPath))).ToList();
            if (options.Networks)
                found.AddRange(UnusedNetworks(kept, options));
            if (options.Volumes || options.AllVolumes)
                found.AddRange(UnusedVolumes(kept, options));
            if (options.Images || options.AllImages)
                found.AddRange(Images.FindPrunable(kept, options.AllImages, (created, labels) => Matches(options, created, labels)));
            return found;
        });
    }

    /// <summary>Removes something that nobody uses.</summary>
    /// <param name="candidate">As <see cref="FindPrunable"/> found it.</param>
    /// <param name="cancellationToken">Ends the waiting for a monitor that is taking leave.</param>
    /// <returns>What was freed; null when it is used by now, or gone.</returns>
    public PrunedObject? Prune(PruneCandidate candidate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var freed = candidate.SizeBytes;
        try
        {
            switch (candidate.Type)
            {
                case "Container":
                    Remove(candidate.Id, new ContainerRemoveOptions(), cancellationToken);
                    break;
                case "Network":
                    RemoveNetwork(candidate.Id);
                    break;
                case "Volume":
                    RemoveVolume(candidate.Id);
                    break;
                default:
                    freed = Images.Prune(candidate.Id);
                    break;
            }
        }
        catch (ContainerException e) when (e.Reason is ErrorReason.InvalidState or ErrorReason.ContainerNotFound or ErrorReason.NetworkInUse or ErrorReason.NetworkNotFound
            or ErrorReason.VolumeInUse or ErrorReason.VolumeNotFound or ErrorReason.ImageInUse or ErrorReason.ImageNotFound)
        {
            return null;
        }

        return new PrunedObject(candidate.Type, candidate.Name, candidate.Id, freed);
    }

    private static bool Matches(PruneOptions options, DateTimeOffset created, IReadOnlyDictionary<string, string> labels) =>
        !(created >= options.Before) && options.Labels.All(label => label.Split('=', 2) is [var name, var value]
            ? labels.GetValueOrDefault(name) == value : labels.ContainsKey(label));

    private IEnumerable<PruneCandidate> UnusedNetworks(IEnumerable<ContainerDefinition> containers, PruneOptions options)
    {
        var used = containers.SelectMany(definition => (JsonFile.TryReadIntact(_store.GetPaths(definition.Id).Networks, SupervisorJson.ContainerNetworks) ?? new ContainerNetworks()).Endpoints).Select(endpoint => endpoint.NetworkId).ToHashSet();
        return Networks.List().Where(network => !network.IsDefault && !used.Contains(network.Id) && Matches(options, network.CreatedAt, network.Labels))
            .Select(network => new PruneCandidate("Network", network.Name, network.Id, 0));
    }

    private IEnumerable<PruneCandidate> UnusedVolumes(IEnumerable<ContainerDefinition> containers, PruneOptions options)
    {
        var used = containers.SelectMany(definition => definition.Mounts).Select(mount => mount.Name).ToHashSet();
        return ListVolumes().Where(volume => !used.Contains(volume.Name) && (options.AllVolumes || volume.IsAnonymous) && Matches(options, volume.CreatedAt, volume.Labels))
            .Select(volume => new PruneCandidate("Volume", volume.Name, volume.Name, TreeSize.OnDisk(volume.Mountpoint)));
    }

    private ContainerDiskUsage ImageUsage(IReadOnlyList<Container> containers)
    {
        var images = Images.ReadUsage(containers.GroupBy(container => container.ImageId).ToDictionary(group => group.Key, group => group.Count()), out var size, out var reclaimable);
        return Sum("Images", images) with { SizeBytes = size, ReclaimableBytes = reclaimable };
    }

    private static ContainerDiskUsageItem Measure(CancellationToken cancellationToken, Func<ContainerDiskUsageItem> measure)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return measure();
    }

    private static ContainerDiskUsage Sum(string type, IReadOnlyList<ContainerDiskUsageItem> items) => new()
    {
        Type = type,
        TotalCount = items.Count,
        Active = items.Count(item => item.IsActive),
        SizeBytes = items.Sum(item => item.SizeBytes),
        ReclaimableBytes = items.Where(item => !item.IsActive).Sum(item => item.SizeBytes),
        Items = items,
    };

    private static bool IsActive(ContainerStatus status) => status is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting;
}
