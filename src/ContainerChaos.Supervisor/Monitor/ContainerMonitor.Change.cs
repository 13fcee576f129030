using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>What can be changed of a running container: its name, its limits, its restart policy.</summary>
internal sealed partial class ContainerMonitor
{
    /// <summary>
    /// The control group first, which may refuse; then the definition by one rename, the moment it has happened; then what follows
    /// from it and can be done again by whoever takes over (<see cref="CompleteChange"/>).
    /// </summary>
    private void Change(ContainerDefinition wanted)
    {
        // Whatever a client sends, nothing else of the container changes. The name becomes a file's in its networks.
        if (wanted.Name is not { Length: > 0 and <= 128 } name || name[0] == '.' || name.AsSpan().ContainsAny('/', '\0'))
            throw new ContainerException(ErrorReason.InvalidName, $"{_definition.Name}: '{wanted.Name}' is not a container name.", _definition.Name);
        var definition = _definition with
        {
            Name = name,
            Limits = wanted.Limits ?? _definition.Limits,
            RestartPolicy = wanted.RestartPolicy ?? _definition.RestartPolicy,
            RestartDelay = wanted.RestartDelay ?? _definition.RestartDelay,
        };
        if (definition.Limits != _definition.Limits)
            ChangeLimits(definition, Commit);
        else
            Commit();

        var former = _definition;
        _definition = definition;
        _restarts.Change(definition.RestartPolicy, definition.RestartDelay);
        if (definition.Name != former.Name)
        {
            _events.Name = definition.Name;
            // It has the name in its messages.
            _launcher?.Dispose();
            _launcher = null;
            RenameInNetworks();
            _events.Publish(EventTypes.Rename, ("oldName", former.Name));
        }
        if (definition.Limits != former.Limits)
            DefinitionFile.WriteResources(_paths, ResourcesOf(_spec, definition));
        if (definition.Limits != former.Limits || definition.RestartPolicy != former.RestartPolicy || definition.RestartDelay != former.RestartDelay)
            _events.Publish(EventTypes.Update);
        WriteState(_state);

        void Commit()
        {
            try
            {
                DefinitionFile.Write(_paths, definition);
            }
            catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
            {
                throw Describe(e);
            }
        }
    }

    /// <summary>A monitor that was killed in the middle of a change has written it down or not; the control group and the networks get what is written. The networks are taken over on the way.</summary>
    private void CompleteChange()
    {
        try
        {
            Replace(ResourcesOf(_spec, _definition));
        }
        catch (Exception e) when (e is ContainerException or ErrnoException)
        {
            Warn($"A limit could not be set again after the monitor was replaced: {e.Message}");
        }
        AdoptNetwork();
        RenameInNetworks();
        WriteState(_state);
    }

    private void RenameInNetworks()
    {
        if (_sandbox is null)
            return;
        try
        {
            _sandbox.Rename(_definition);
            _state = _state with { Endpoints = _sandbox.Endpoints };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has the name; the others of its networks find it by the old one until its next start.
            Warn($"The container's networks know it by its former name: {e.Message}");
        }
    }
}
