using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ImageStore
{
    /// <summary>What each image takes on the disk, once however many names it has.</summary>
    /// <param name="users">How many containers an image has, by id.</param>
    /// <param name="size">The size of all layers, each once.</param>
    /// <param name="reclaimable">The size of those layers that only images have of which there is no container.</param>
    internal IReadOnlyList<ContainerDiskUsageItem> ReadUsage(IReadOnlyDictionary<string, int> users, out long size, out long reclaimable)
    {
        var documents = ReadDocuments();
        var names = ReadReferences().ToLookup(pair => pair.Id, pair => pair.Reference);
        var owners = documents.SelectMany(document => document.Layers.Select(layer => layer.Digest).Distinct()).CountBy(digest => digest).ToDictionary();
        var layers = documents.SelectMany(document => document.Layers).DistinctBy(layer => layer.Digest).ToList();
        var active = documents.Where(document => users.ContainsKey(document.Id)).SelectMany(document => document.Layers).Select(layer => layer.Digest).ToHashSet();
        size = layers.Sum(layer => layer.SizeBytes);
        reclaimable = layers.Where(layer => !active.Contains(layer.Digest)).Sum(layer => layer.SizeBytes);
        return [.. documents.OrderBy(document => document.CreatedAt).Select(document => new ContainerDiskUsageItem
        {
            Type = "Image",
            Name = string.Join(", ", names[document.Id].DefaultIfEmpty("<none>")),
            Id = document.Id,
            SizeBytes = document.Layers.DistinctBy(layer => layer.Digest).Sum(layer => layer.SizeBytes),
            SharedBytes = document.Layers.DistinctBy(layer => layer.Digest).Where(layer => owners[layer.Digest] > 1).Sum(layer => layer.SizeBytes),
            Containers = users.GetValueOrDefault(document.Id),
            IsActive = users.ContainsKey(document.Id),
            CreatedAt = document.CreatedAt,
        })];
    }

    /// <summary>Images that no container has.</summary>
    /// <param name="containers">The containers that count.</param>
    /// <param name="all">Whether those with a name are meant too.</param>
    /// <param name="matches">Whether one is wanted, by when it was imported and its labels.</param>
    internal IReadOnlyList<PruneCandidate> FindPrunable(IEnumerable<ContainerDefinition> containers, bool all, Func<DateTimeOffset, IReadOnlyDictionary<string, string>, bool> matches)
    {
        var used = containers.Select(definition => definition.ImageId).ToHashSet();
        var names = ReadReferences().ToLookup(pair => pair.Id, pair => pair.Reference);
        var documents = ReadDocuments();
        var pruned = documents
            .Where(document => !used.Contains(document.Id) && (all ? !names[document.Id].Contains(EmbeddedReference) : !names[document.Id].Any()))
            .Where(document => matches(document.CreatedAt, document.ToImage("").Labels)).OrderBy(document => document.CreatedAt).ToList();
        var counts = documents.SelectMany(document => document.Layers.Select(layer => layer.Digest).Distinct()).CountBy(digest => digest).ToDictionary();
        // The last one that has a layer frees it.
        return [.. pruned.Select(document => new PruneCandidate(
            "Image", string.Join(", ", names[document.Id].DefaultIfEmpty("<none>")), document.Id,
            document.Layers.DistinctBy(layer => layer.Digest).Where(layer => --counts[layer.Digest] == 0).Sum(layer => layer.SizeBytes)))];
    }

    /// <summary>Removes an image with all its names.</summary>
    /// <returns>The size of the layers that went with it.</returns>
    internal long Prune(string id)
    {
        var layers = TryReadDocument(id)?.Layers ?? [];
        Remove(id);
        return layers.DistinctBy(layer => layer.Digest).Where(layer => !_layers.Contains(layer.Digest)).Sum(layer => layer.SizeBytes);
    }
}
