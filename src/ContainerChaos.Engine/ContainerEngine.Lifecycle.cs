using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Starts a container; one that runs already is left as it is.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Prevents the start, if it has not begun.</param>
    /// <returns>The container with its PID 1 started.</returns>
    /// <exception cref="ContainerException">CommandNotFound (127), CommandNotExecutable (126), StartFailed, InvalidState, and what <see cref="Get"/> throws.</exception>
    public Container Start(string nameOrId, CancellationToken cancellationToken = default)
    {
        var (definition, state) = Look(nameOrId);
        RequireWhole(definition, "start");
        cancellationToken.ThrowIfCancellationRequested();
        if (state.Status == ContainerStatus.Paused)
            throw new ContainerException(ErrorReason.InvalidState, $"Cannot start container '{definition.Name}': it is paused.", definition.Name) { Remedy = $"Use Resume-Container {definition.Name}" };
        if (IsActive(state))
            return Describe(definition, state);
        if (state.Status is ContainerStatus.Removing or ContainerStatus.Dead)
        {
            EngineErrors.Throw(
                ErrorReason.InvalidState, $"Cannot start container '{definition.Name}': it is {(state.Status == ContainerStatus.Dead ? "dead: parts of it have been removed" : "being removed")}.", definition.Name,
                $"Remove it and make it again: Remove-Container {definition.Name}");
        }
        return Guard($"start container '{definition.Name}'", definition.Name, () =>
        {
            CheckJoined(definition);
            return Describe(definition, OptionNames.Translate(() => MonitorLauncher.Start(Options.CcrunPath, _store.GetPaths(definition.Id))));
        });
    }

    /// <summary>Asks PID 1 to end with the stop signal, waits out the grace period, then kills. Disarms the restart policy.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="timeout">The grace period; null for the container's own.</param>
    /// <param name="cancellationToken">Stops waiting; the stop itself goes on.</param>
    /// <returns>The container, down; at once when it was.</returns>
    public Container Stop(string nameOrId, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        CheckTimeout(nameOrId, timeout);
        var definition = Find(nameOrId);
        return Finished(definition, Ask(definition, monitor => monitor.Stop(timeout, cancellationToken)));
    }

    /// <summary>Stops a container as <see cref="Stop"/> does and starts it again, with its policy armed; one that is down is started.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="timeout">The grace period; null for the container's own.</param>
    /// <param name="cancellationToken">Stops waiting; the restart itself goes on.</param>
    public Container Restart(string nameOrId, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        CheckTimeout(nameOrId, timeout);
        var definition = Find(nameOrId);
        if (Ask(definition, monitor => monitor.Restart(timeout, cancellationToken)) is { } state)
            return Describe(definition, state);
        var started = Start(definition.Id, cancellationToken);
        Record(EventTypes.Restart, definition);
        return started;
    }

    /// <summary>Freezes every process of a running container.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Prevents the call, if it has not begun.</param>
    /// <exception cref="ContainerException">InvalidState when it does not run, or is frozen already.</exception>
    public Container Suspend(string nameOrId, CancellationToken cancellationToken = default)
    {
        var definition = Find(nameOrId);
        cancellationToken.ThrowIfCancellationRequested();
        return Describe(definition, Ask(definition, monitor => monitor.Pause()) ?? throw NotRunning(definition, _store.TryReadState(definition.Id), "suspend"));
    }

    /// <summary>Thaws a container that <see cref="Suspend"/> froze.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="cancellationToken">Prevents the call, if it has not begun.</param>
    /// <exception cref="ContainerException">InvalidState when it is not frozen.</exception>
    public Container Resume(string nameOrId, CancellationToken cancellationToken = default)
    {
        var definition = Find(nameOrId);
        cancellationToken.ThrowIfCancellationRequested();
        return Describe(definition, Ask(definition, monitor => monitor.Unpause()) ?? throw NotRunning(definition, _store.TryReadState(definition.Id), "resume"));
    }

    /// <summary>Removes a container with its writable layer and its log; one that is dead too.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="force">Kill it first if it runs.</param>
    /// <param name="cancellationToken">Stops waiting for the kill; the container stays then.</param>
    /// <exception cref="ContainerException">InvalidState when it runs and <paramref name="force"/> is false.</exception>
    public void Remove(string nameOrId, bool force = false, CancellationToken cancellationToken = default) =>
        Remove(nameOrId, new ContainerRemoveOptions { Force = force }, cancellationToken);

    /// <summary>Removes a container with its writable layer and its log.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">Whether it is killed, and what goes with it.</param>
    /// <param name="cancellationToken">Stops waiting for the kill; the container stays then.</param>
    /// <exception cref="ContainerException">InvalidState when it runs and is not to be killed.</exception>
    public void Remove(string nameOrId, ContainerRemoveOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (definition, state) = Look(nameOrId);
        // By its state it may be down when it is just being started.
        var isUp = IsActive(state) || IsServed(definition);
        if (isUp && !options.Force)
        {
            EngineErrors.Throw(
                ErrorReason.InvalidState, $"Cannot remove container '{definition.Name}': it is {(IsActive(state) ? state.Status.ToString().ToLowerInvariant() : "being started")}.", definition.Name,
                $"Stop it first, or use -Force: Remove-Container {definition.Name} -Force");
        }
        if (isUp || (definition.Damage is not null && options.Force))
            BringDown(definition, cancellationToken);
        Guard($"remove container '{definition.Name}'", definition.Name, () => RemoveFiles(definition, options.Volumes));
    }

    /// <summary>Subscribes to the events of an active container, from now until its monitor ends.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <exception cref="ContainerException">InvalidState when it does not run.</exception>
    public EventStream Subscribe(string nameOrId)
    {
        var definition = Find(nameOrId);
        return Ask(definition, monitor => monitor.Subscribe()) ?? throw NotRunning(definition, _store.TryReadState(definition.Id), "subscribe to");
    }

    // SIGKILL without a stop signal before it, as Docker's rm --force. Between two incarnations there is nobody to kill, and a stop calls the next one off.
    private void BringDown(ContainerDefinition definition, CancellationToken cancellationToken)
    {
        try
        {
            Ask(definition, monitor => monitor.KillAndWait(cancellationToken));
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.InvalidState)
        {
            Ask(definition, monitor => monitor.Stop(TimeSpan.Zero, cancellationToken));
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.ContainerNotFound)
        {
            // Its monitor removes it at its end, and was faster than the wait.
        }
    }

    /// <summary>Whether a monitor answers. One that is taking leave does not any more, and its lock is waited for.</summary>
    private bool IsServed(ContainerDefinition definition)
    {
        using var monitor = MonitorClient.TryConnect(_store.GetPaths(definition.Id));
        try
        {
            return monitor?.GetState() is not null;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.MonitorLost)
        {
            return false;
        }
    }

    // What the monitor answered, or what it wrote before it ended.
    private Container Finished(ContainerDefinition definition, ContainerState? answer) =>
        Describe(definition, answer ?? _store.TryReadState(definition.Id) ?? throw ContainerStore.NotFound(definition.Name));

    // The monitor looks for itself at every start; here the answer has the other one's name, and a dead monitor of it is replaced.
    private void CheckJoined(ContainerDefinition definition)
    {
        foreach (var (id, what) in (ReadOnlySpan<(string?, string)>)
            [(definition.NetworkContainerId, "network"), (definition.PidContainerId, "PID namespace"), (definition.IpcContainerId, "IPC namespace")])
        {
            if (id is null)
                continue;
            var other = _store.TryReadDefinition(id);
            var state = other is null ? null : Refresh(other);
            if (other is null || state is not { Pid: > 0 })
            {
                throw new ContainerException(
                    ErrorReason.InvalidState, $"Cannot start container '{definition.Name}': '{other?.Name ?? id[..12]}', whose {what} it joins, does not run.", definition.Name)
                {
                    Remedy = other is null ? "Remove it and create it without that." : $"Start that one first: Start-Container {other.Name}",
                };
            }
        }
    }

    private static void CheckTimeout(string nameOrId, TimeSpan? timeout)
    {
        if (timeout < TimeSpan.Zero)
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The grace period is negative.", nameOrId, "Give 0 or more seconds.");
    }
}
