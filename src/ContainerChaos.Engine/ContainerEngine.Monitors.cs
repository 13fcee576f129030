using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>How often a monitor may end under a call before the call gives up.</summary>
    private const int Attempts = 4;

    /// <summary>Where a container stands now. A state that calls it active is only believed of a live monitor; a dead one is replaced first.</summary>
    /// <returns>Null when the container has been removed.</returns>
    private ContainerState? Refresh(ContainerDefinition definition)
    {
        if (definition.Damage is { } damage)
            return _store.Exists(definition.Id) ? new ContainerState { Status = ContainerStatus.Dead, Error = damage } : null;
        var state = _store.TryReadState(definition.Id);
        if (state is null || (IsActive(state) && IsMonitorAlive(definition, state)))
            return state;
        if (!IsActive(state))
            return Settle(definition, state);
        // It may have ended between the two looks, as every monitor does after its container.
        state = _store.TryReadState(definition.Id);
        if (state is null || !IsActive(state) || IsMonitorAlive(definition, state))
            return state;
        try
        {
            return MonitorLauncher.Adopt(Options.CcrunPath, _store.GetPaths(definition.Id));
        }
        catch (Exception e) when (e is ContainerException || EngineErrors.IsEnvironmental(e))
        {
            // Looking must work even where nothing can be started; the calls that need a monitor will say why there is none.
            return _store.TryReadState(definition.Id);
        }
    }

    /// <summary>Of what is down: a removal that nobody is at any more, and a container that its monitor did not live to remove.</summary>
    private ContainerState? Settle(ContainerDefinition definition, ContainerState state)
    {
        if (state.Status == ContainerStatus.Removing && !ContainerRemoval.IsLocked(_store.GetPaths(definition.Id)))
        {
            state = _store.TryReadState(definition.Id)!;
            if (state is { Status: ContainerStatus.Removing })
                state = state with { Status = ContainerStatus.Dead, Error = "Its removal was interrupted." };
        }
        if (!definition.AutoRemove || state is not { Status: ContainerStatus.Exited or ContainerStatus.Dead } || IsMonitorAlive(definition, state))
            return state;
        try
        {
            RemoveFiles(definition);
            return null;
        }
        catch (Exception e) when (e is ContainerException || EngineErrors.IsEnvironmental(e))
        {
            return _store.TryReadState(definition.Id);
        }
    }

    private bool RemoveFiles(ContainerDefinition definition, bool volumes = false)
    {
        // Usually gone with the last process. What a killed monitor left behind goes here.
        CgroupHost.Current.Group(GetCgroupPath(definition.Id), further: ["cpuset", "devices"]).TryDelete();
        var removed = _store.Remove(definition, volumes);
        if (removed)
            Record(EventTypes.Destroy, definition);
        return removed;
    }

    // No lock is probed and no connection made: both would disturb a monitor, and this is asked for each container of a list.
    private static bool IsMonitorAlive(ContainerDefinition definition, ContainerState state) =>
        state.MonitorPid > 0 && ProcessCommandLine.Mentions(state.MonitorPid, definition.Id);

    /// <summary>Connects to the monitor of an active container, and replaces it if it is dead.</summary>
    /// <returns>Null when the container is not active.</returns>
    private MonitorClient? TryConnect(ContainerDefinition definition)
    {
        var paths = _store.GetPaths(definition.Id);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (MonitorClient.TryConnect(paths) is { } client)
                return client;
            var state = _store.TryReadState(definition.Id) ?? throw ContainerStore.NotFound(definition.Name);
            if (!IsActive(state))
                return null;
            // It also waits for one that is just starting or ending, and then does nothing.
            Guard($"reach the monitor of container '{definition.Name}'", definition.Name, () => MonitorLauncher.Adopt(Options.CcrunPath, paths));
        }

        throw new ContainerException(ErrorReason.MonitorLost, $"The monitor of container '{definition.Name}' does not answer.", definition.Name)
        {
            Remedy = $"Look for a ccrun process of {definition.Id[..12]}; end it, and repeat the call.",
        };
    }

    /// <summary>Asks the monitor of an active container, and again when it ended before it answered.</summary>
    /// <returns>Null when the container is not active, or no longer.</returns>
    private T? Ask<T>(ContainerDefinition definition, Func<MonitorClient, T> request)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            var client = TryConnect(definition);
            if (client is null)
                return null;
            try
            {
                var answer = request(client);
                // A session or a stream goes on over the connection.
                if (answer is ContainerState)
                    client.Dispose();
                return answer;
            }
            catch (ContainerException e) when (e.Reason == ErrorReason.MonitorLost && attempt < Attempts)
            {
                client.Dispose();
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }
    }

    private static ContainerException NotRunning(ContainerDefinition definition, ContainerState? state, string verb) =>
        new(ErrorReason.InvalidState, $"Cannot {verb} container '{definition.Name}': it is {(state?.Status ?? ContainerStatus.Exited).ToString().ToLowerInvariant()}.", definition.Name)
        {
            Remedy = $"Start it first: Start-Container {definition.Name}",
        };

    private T Guard<T>(string operation, string target, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, operation, target, Options.DataRoot);
        }
    }
}
