using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>
    /// What a container has added, changed and deleted of its image's files, as <c>docker diff</c> lists it. Volumes are not part of it, nor the
    /// empty places that the engine makes for mounts of its own.
    /// </summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The changes by path; in a directory that the container has made, each file is one.</returns>
    /// <exception cref="ContainerException">ContainerNotFound; PermissionDenied for a directory of another id of an ordinary user's.</exception>
    public IReadOnlyList<ContainerChange> GetChanges(string nameOrId, CancellationToken cancellationToken = default)
    {
        var definition = Find(nameOrId);
        return Guard($"compare container '{definition.Name}' with its image", definition.Name, () =>
        {
            var paths = _store.GetPaths(definition.Id);
            // A place for a mount of the engine's own, and the folders that lead to it.
            var made = RuntimeSpecJson.Read(paths.Spec).Mounts
                .Where(mount => mount.Type != "bind" || mount.Source?.StartsWith(_store.ContainersDirectory, StringComparison.Ordinal) == true)
                .SelectMany(mount => Ancestors(mount.Destination)).Append("/dev/console").ToHashSet();
            using var layer = WritableLayer.Open(definition, paths);
            return new UpperLayer(definition.Name, made, cancellationToken).Read(layer.Path, definition.LowerDirs);
        });

        static IEnumerable<string> Ancestors(string path)
        {
            for (; path.Length > 1; path = path[..path.LastIndexOf('/')])
                yield return path;
        }
    }
}
