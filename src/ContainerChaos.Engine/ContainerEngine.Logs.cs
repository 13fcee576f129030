using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Reads a container's log, lazily.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">Which part, and whether to follow; null for all of it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ContainerException">ContainerNotFound, before the first line is asked for.</exception>
    public IEnumerable<ContainerLogEntry> ReadLog(string nameOrId, ContainerLogOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ContainerLogOptions();
        if (options.Tail < 0)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The number of lines {options.Tail} is negative.", nameOrId, "Give 0 or more.");
        var (definition, _) = Look(nameOrId);
        return ReadLog(definition, options, cancellationToken);
    }

    private IEnumerable<ContainerLogEntry> ReadLog(ContainerDefinition definition, ContainerLogOptions options, CancellationToken cancellationToken)
    {
        var paths = _store.GetPaths(definition.Id);
        // Watching begins before the first look, so that nothing falls in between.
        using var watch = options.Follow ? TryWatch(paths.ContainerDirectory) : null;
        using var reader = new LogReader(paths.Log);
        reader.Seek(options.Tail);
        while (true)
        {
            // Looked at before reading: the monitor writes the last line, then the state.
            var state = watch is null ? null : Refresh(definition);
            foreach (var entry in reader.ReadAvailable())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (options.Since is not { } since || entry.Time >= since)
                    yield return entry;
            }

            if (state is null || !IsActive(state))
                break;
            // A monitor that dies writes no more; the look at the top replaces it.
            using var monitor = state.MonitorPid > 0 ? PidFd.TryOpen(state.MonitorPid) : null;
            watch!.Wait(cancellationToken, monitor);
        }

        foreach (var entry in reader.Rest())
        {
            if (options.Since is not { } since || entry.Time >= since)
                yield return entry;
        }
    }

    private static DirectoryWatch? TryWatch(string directory)
    {
        try
        {
            return new DirectoryWatch(directory);
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }
    }
}
