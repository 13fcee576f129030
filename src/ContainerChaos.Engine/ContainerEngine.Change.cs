using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Changes a container's limits and its restart policy: at once when it runs, and for its next start. When it fails, nothing has changed.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">What shall be different.</param>
    /// <exception cref="ContainerException">LimitTooLow: less than it uses; InvalidArgument; NotSupported: the host has no such limit; DiskFull.</exception>
    public Container Update(string nameOrId, ContainerUpdateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var found = Find(nameOrId);
        return Guard($"update container '{found.Name}'", found.Name, () => Changing(found, current =>
        {
            var limits = options.ApplyTo(current.Limits ?? LimitsOf(current));
            ContainerLimitsCheck.Check(limits, current.Name);
            if (limits.PidsLimit == 1 && current.Init)
                EngineErrors.Throw(ErrorReason.LimitTooLow, "The pids limit 1 has no room for the init and its command.", current.Name, "Give at least 2.");
            var changed = current with
            {
                Limits = limits,
                RestartPolicy = options.RestartPolicy ?? current.RestartPolicy,
                RestartDelay = options.RestartDelay ?? current.RestartDelay,
            };
            if (changed != current)
            {
                Change(changed, paths =>
                {
                    DefinitionFile.Write(paths, changed);
                    DefinitionFile.WriteResources(paths, limits.ApplyTo(RuntimeSpecJson.Read(paths.Spec).Linux?.Resources ?? new ResourcesSpec()));
                    Record(EventTypes.Update, changed);
                });
            }
        }));
    }

    /// <summary>Gives a container another name, also while it runs; the others of its networks find it by the new one at once.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="newName">The name, as <see cref="ContainerCreateOptions.Name"/>.</param>
    /// <exception cref="ContainerException">InvalidName; NameInUse: another container has it, or it is its own already; DiskFull.</exception>
    public Container Rename(string nameOrId, string newName)
    {
        ArgumentNullException.ThrowIfNull(newName);
        ContainerName.Check(newName);
        var found = Find(nameOrId);
        return Guard($"rename container '{found.Name}'", found.Name, () =>
        {
            if (found.Name == newName)
                EngineErrors.Throw(ErrorReason.NameInUse, $"Container '{newName}' has this name already.", newName, "Choose another name.");
            using var names = _store.LockNames();
            return Changing(found, current =>
            {
                // A monitor that ended before it could answer may have done it.
                if (current.Name == newName)
                {
                    _store.Release(found.Name, found.Id);
                    return;
                }
                var changed = current with { Name = newName };
                if (!_store.TryRename(current, newName, () => Change(changed, paths =>
                    {
                        Durable.Step?.Invoke($"rename to {paths.Definition}");
                        DefinitionFile.Write(paths, changed);
                        Record(EventTypes.Rename, changed, ("oldName", current.Name));
                    })))
                    throw NameInUse(newName);
            });
        });
    }

    /// <summary>Makes a change while nobody else can make one; again, when the container's monitor ended meanwhile.</summary>
    private Container Changing(ContainerDefinition found, Action<ContainerDefinition> change)
    {
        for (var attempt = 1; ; attempt++)
        {
            // A dead monitor is replaced before the lock is taken, which a new one waits for.
            if (Refresh(found) is null)
                throw ContainerStore.NotFound(found.Name);
            try
            {
                using var held = _store.TryLockDefinition(found.Id);
                change((held is null ? null : _store.TryReadDefinition(found.Id)) ?? throw ContainerStore.NotFound(found.Name));
            }
            catch (ContainerException e) when (e.Reason == ErrorReason.MonitorLost && attempt < Attempts)
            {
                continue;
            }
            return Get(found.Id);
        }
    }

    /// <summary>Has a container's monitor make a change, or makes it where there is none; none can come while the definition is locked.</summary>
    private void Change(ContainerDefinition changed, Action<ContainerPaths> write)
    {
        var paths = _store.GetPaths(changed.Id);
        using var monitor = MonitorClient.TryConnect(paths);
        if (monitor is not null)
        {
            OptionNames.Translate(() => monitor.Change(changed));
            return;
        }
        if (_store.TryReadState(changed.Id) is { } state && IsActive(state))
            throw new ContainerException(ErrorReason.MonitorLost, $"The monitor of container '{changed.Name}' does not answer.", changed.Name) { Remedy = "Repeat the call." };
        write(paths);
    }

    /// <summary>Those of a container that was made before its definition had them.</summary>
    private ContainerLimits LimitsOf(ContainerDefinition definition)
    {
        var resources = RuntimeSpecJson.Read(_store.GetPaths(definition.Id).Spec).Linux?.Resources;
        return new ContainerLimits
        {
            MemoryBytes = resources?.Memory?.Limit,
            CpuPeriod = (long?)resources?.Cpu?.Period,
            CpuQuota = resources?.Cpu?.Quota,
            PidsLimit = (int?)resources?.Pids?.Limit,
        };
    }
}
