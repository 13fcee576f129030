using System.IO.Enumeration;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>
    /// Copies files and directories into a container, out of one, or from one to another, by the rules of <c>docker cp</c>. A container may
    /// run or not; its files are those that it sees itself, with its volumes.
    /// </summary>
    /// <param name="sources">What to copy; more than one thing goes into a directory that exists.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="options">Links and owners; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the call; what is copied by then stays.</param>
    /// <exception cref="ContainerException">PathNotFound, InvalidArgument, PermissionDenied, DiskFull, InvalidState, and what <see cref="Get"/> throws.</exception>
    public FileCopyResult Copy(IReadOnlyList<CopyLocation> sources, CopyLocation destination, ContainerCopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new ContainerCopyOptions();
        return Guard($"copy to '{destination}'", destination.Container ?? destination.Path, () =>
        {
            var opened = new Dictionary<string, ContainerFiles>();
            try
            {
                return Copy(sources, destination, options, opened, cancellationToken);
            }
            finally
            {
                foreach (var files in opened.Values)
                    files.Dispose();
            }
        });
    }

    private FileCopyResult Copy(
        IReadOnlyList<CopyLocation> sources, CopyLocation destination, ContainerCopyOptions options, Dictionary<string, ContainerFiles> opened, CancellationToken cancellationToken)
    {
        var target = OpenFiles(destination.Container, opened);
        var expanded = sources.SelectMany(source => Expand(OpenFiles(source.Container, opened), source)).ToList();
        var result = new FileCopyResult(0, 0, []);
        foreach (var (files, path) in expanded)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var how = new FileCopyOptions
            {
                FollowLink = options.FollowLink,
                Archive = options.Archive,
                // What comes out of a container is not to be a program that makes whoever runs it somebody else.
                KeepsSetId = target.Container is not null,
                // A container's root is this user, or root.
                UserId = OwnIdentity.User,
                GroupId = OwnIdentity.Group,
                IntoDirectory = expanded.Count > 1,
            };
            // A container's other users are nobody whom an ordinary user may be, outside of a namespace.
            var copied = OrdinaryUser.Maps is { HasOthers: true } maps
                ? NamespaceRoot.Copy(Options.CcrunPath, maps, files.Root, path, target.Root, destination.Path, how)
                : FileCopy.Copy(files.Root, path, target.Root, destination.Path, how, cancellationToken);
            result = new FileCopyResult(result.Files + copied.Files, result.Bytes + copied.Bytes, [.. result.Warnings, .. copied.Warnings]);
        }

        return result;
    }

    private ContainerFiles OpenFiles(string? container, Dictionary<string, ContainerFiles> opened)
    {
        var definition = container is null ? null : Find(container);
        var key = definition?.Id ?? "";
        if (!opened.TryGetValue(key, out var files))
            opened[key] = files = definition is null ? ContainerFiles.OfHost() : OpenFiles(definition);
        return files;
    }

    private ContainerFiles OpenFiles(ContainerDefinition definition)
    {
        for (var attempt = 1; ; attempt++)
        {
            var state = Refresh(definition) ?? throw ContainerStore.NotFound(definition.Name);
            if (state.Pid > 0 && ContainerFiles.TryOpenRunning(definition, state.Pid, state.PidStartTime) is { } running)
                return running;
            try
            {
                return ContainerFiles.OpenStopped(definition, Options.CcrunPath, _store.GetPaths(definition.Id));
            }
            catch (ContainerException e) when (e.Reason == ErrorReason.InvalidState)
            {
                // Started or restarted between the two looks: the next look finds it running.
                if (attempt == Attempts)
                {
                    throw new ContainerException(ErrorReason.InvalidState, $"Cannot reach the files of container '{definition.Name}': it is {state.Status.ToString().ToLowerInvariant()}.", definition.Name, e)
                    {
                        Remedy = "Repeat the call when it runs or is down.",
                    };
                }
            }
        }
    }

    /// <summary>A pattern at the end of a path in a container; what has that very name is no pattern. One that matches nothing is not found.</summary>
    private static IEnumerable<(ContainerFiles Files, string Path)> Expand(ContainerFiles files, CopyLocation source)
    {
        var slash = source.Path.LastIndexOf('/') + 1;
        var (folder, pattern) = (source.Path[..slash], source.Path[slash..]);
        if (files.Container is null || pattern.AsSpan().IndexOfAny('*', '?') < 0)
            return [(files, source.Path)];
        using var directory = files.Root.TryOpenInRoot(folder);
        if (directory is null || directory.TryStat(pattern) is not null)
            return [(files, source.Path)];
        var names = directory.Names.Where(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
            EngineErrors.Throw(ErrorReason.PathNotFound, $"Nothing in container '{files.Container}' is called '{source.Path}'.", source.ToString(), "Look for it there with Invoke-ContainerCommand.");
        return [.. names.Select(name => (files, folder + name))];
    }
}
