using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Waits until a container is finally down: neither running nor about to be restarted by its policy.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The container with its exit code; at once when it is down or was never started.</returns>
    public Container Wait(string nameOrId, CancellationToken cancellationToken = default)
    {
        try
        {
            var definition = Find(nameOrId);
            cancellationToken.ThrowIfCancellationRequested();
            var ended = Finished(definition, Ask(definition, monitor => monitor.WaitForExit(cancellationToken)));
            if (definition.AutoRemove && ended.State is (ContainerStatus.Exited or ContainerStatus.Removing))
                return AwaitRemoval(definition, ended);
            return ended;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.ContainerNotFound && TryRecallRemoved(nameOrId) is { } removed)
        {
            return removed;
        }
    }

    /// <summary>Waits until something is true of a container.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="condition">What.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The container as it is then, or last was.</returns>
    /// <exception cref="ContainerException">InvalidState: it can't become healthy, since it is down or has no health check.</exception>
    public Container Wait(string nameOrId, ContainerWaitCondition condition, CancellationToken cancellationToken = default)
    {
        if (condition == ContainerWaitCondition.NotRunning)
            return Wait(nameOrId, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var definition = Find(nameOrId);
            return condition switch
            {
                ContainerWaitCondition.NextExit => WaitForNextExit(definition, cancellationToken),
                ContainerWaitCondition.Removed => WaitForRemoval(definition, cancellationToken),
                _ => WaitForHealth(definition, cancellationToken),
            };
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.ContainerNotFound && condition == ContainerWaitCondition.Removed && TryRecallRemoved(nameOrId) is { } removed)
        {
            return removed;
        }
    }

    /// <summary>Its monitor may have said that it is down and be removing it; that one's lock is waited for. If it died, the removal is done here.</summary>
    private Container AwaitRemoval(ContainerDefinition definition, Container ended)
    {
        try
        {
            Guard($"remove container '{definition.Name}'", definition.Name, () => RemoveFiles(definition));
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.InvalidState)
        {
            // It has been started again; what was waited for is its end.
        }
        catch (ContainerException) when (_store.TryReadState(definition.Id) is { Status: ContainerStatus.Dead } dead)
        {
            return Describe(definition, dead);
        }
        return ended;
    }

    /// <summary>A container that was removed at its end before anybody waited for it: how it ended is in the journal.</summary>
    private Container? TryRecallRemoved(string id)
    {
        if (_store.TryRecall(id) is not { AutoRemove: true } definition || _store.Exists(id))
            return null;
        var died = ReadEvents(new ContainerEventOptions
        {
            Since = definition.CreatedAt,
            Until = DateTimeOffset.UtcNow,
            Filter = e => e.ContainerId == id && e.Type == EventTypes.Die,
        }).LastOrDefault();
        return died is null ? null : Describe(definition, new ContainerState
        {
            Status = ContainerStatus.Exited,
            ExitCode = ExitCodeOf(died),
            OomKilled = died.Attributes.GetValueOrDefault("oomKilled") == "true",
            FinishedAt = died.Time,
        });
    }

    private static int? ExitCodeOf(ContainerEvent died) =>
        int.TryParse(died.Attributes.GetValueOrDefault("exitCode"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;

    private Container WaitForNextExit(ContainerDefinition definition, CancellationToken cancellationToken)
    {
        var paths = _store.GetPaths(definition.Id);
        using var watch = Watch(paths.ContainerDirectory, definition);
        // A whole run, or the end of one with the beginning of the next, may pass between two looks at the state; the journal keeps it.
        using var journal = new EventJournalReader(paths.Events);
        journal.SeekToEnd();
        ContainerEvent? died = null;
        while (true)
        {
            // A monitor that was killed is replaced by this, and its successor notes the end.
            var state = Refresh(definition) ?? throw ContainerStore.NotFound(definition.Name);
            if (HasDied())
                return Describe(definition, state with { ExitCode = ExitCodeOf(died!) });
            if (IsActive(state))
                died = NextEvent(definition, state, EventTypes.Die, _ => !HasDied(), cancellationToken) ?? died;
            else
                watch.Wait(cancellationToken);
        }

        bool HasDied() => (died ??= journal.ReadAvailable().FirstOrDefault(e => e.Type == EventTypes.Die)) is not null;
    }

    private Container WaitForRemoval(ContainerDefinition definition, CancellationToken cancellationToken)
    {
        using var watch = Watch(_store.ContainersDirectory, definition);
        var last = Refresh(definition);
        // Whoever waits for a container that is removed at its end also sees to it that it has a monitor to do so.
        if (definition.AutoRemove && last is not null && IsActive(last))
            last = Ask(definition, monitor => monitor.WaitForExit(cancellationToken)) ?? last;
        while (_store.Exists(definition.Id))
        {
            last = _store.TryReadState(definition.Id) ?? last;
            watch.Wait(cancellationToken);
        }
        return Describe(definition, (last ?? new ContainerState()) with { Status = ContainerStatus.Removing, Pid = 0 });
    }

    private Container WaitForHealth(ContainerDefinition definition, CancellationToken cancellationToken)
    {
        if (definition.HealthCheck is null)
        {
            EngineErrors.Throw(
                ErrorReason.InvalidState, $"Container '{definition.Name}' has no health check to wait for.", definition.Name,
                "Create it with -HealthCmd, -HealthHttp or -HealthTcp, or from an image with a HEALTHCHECK.");
        }
        while (true)
        {
            var state = Refresh(definition) ?? throw ContainerStore.NotFound(definition.Name);
            if (IsHealthy(state))
                return Describe(definition, state);
            if (!IsActive(state))
            {
                EngineErrors.Throw(
                    ErrorReason.InvalidState, $"Container '{definition.Name}' is {state.Status.ToString().ToLowerInvariant()}{(state.ExitCode is { } code ? $" (exit code {code})" : "")}, so it does not become healthy.", definition.Name,
                    $"See Get-ContainerLog {definition.Name} for why, or start it: Start-Container {definition.Name}");
            }
            NextEvent(definition, state, EventTypes.HealthStatus, now => !IsHealthy(now), cancellationToken);
        }
    }

    private static bool IsHealthy(ContainerState state) =>
        state is { Status: ContainerStatus.Running or ContainerStatus.Paused, Health.Status: HealthStatus.Healthy };

    /// <summary>Waits for an event of an active container, if a condition holds once nothing of it can be missed any more.</summary>
    /// <returns>Null when there was none to wait for: the state has changed, or the monitor ended first.</returns>
    private ContainerEvent? NextEvent(ContainerDefinition definition, ContainerState seen, string type, Func<ContainerState, bool> condition, CancellationToken cancellationToken)
    {
        using var events = Ask(definition, monitor => monitor.Subscribe());
        if (events is null || _store.TryReadState(definition.Id) is not { } state || state.StartedAt != seen.StartedAt || state.FinishedAt != seen.FinishedAt || !condition(state))
            return null;
        while (events.Next(cancellationToken) is { } next)
        {
            if (next.Type == type)
                return next;
        }
        return null;
    }

    private static DirectoryWatch Watch(string directory, ContainerDefinition definition)
    {
        try
        {
            return new DirectoryWatch(directory);
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENOENT)
        {
            throw ContainerStore.NotFound(definition.Name);
        }
    }
}
