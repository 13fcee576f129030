using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The container's networks.</summary>
internal sealed partial class ContainerMonitor
{
    private NetworkSandbox? _sandbox;

    /// <summary>Makes the network of a container that has one, unless it is still there: a restart by policy keeps it.</summary>
    private void PrepareNetwork()
    {
        if (_sandbox is not null || !File.Exists(_paths.Networks))
            return;
        using var changing = FileLock.Exclusive(_paths.NetworksLock);
        if (JsonFile.TryRead(_paths.Networks, SupervisorJson.ContainerNetworks) is not { } settings)
            return;
        if (settings.Endpoints.Count == 0)
        {
            // With the network none or host, or connected to nothing any more, it has the files all the same.
            NetworkFiles.Write(_paths, Hostname, settings, [], hasNameServer: false);
            return;
        }
        // What a monitor left that was killed together with its container.
        ReleaseNetwork();
        _sandbox = NetworkSandbox.Create(_paths, _definition, Hostname, _loop, settings);
        _state = _state with { Warnings = [.. _state.Warnings, .. _sandbox.Warnings] };
        RememberNetwork();
        foreach (var endpoint in _sandbox.Endpoints)
            _events.PublishOf(EventTypes.Network, endpoint.NetworkId, endpoint.Network, EventTypes.Connect);
    }

    private void AdoptNetwork()
    {
        if (_state.Endpoints.Count == 0 || JsonFile.TryRead(_paths.Networks, SupervisorJson.ContainerNetworks) is not { } settings)
            return;
        try
        {
            _sandbox = NetworkSandbox.TryAdopt(_state.Pid, _state, _paths, _definition, Hostname, _loop, settings);
            if (_sandbox is null || _sandbox.Ports.SequenceEqual(_state.Ports))
                return;
            // One of its ports was moved to another container meanwhile.
            using var changing = FileLock.Exclusive(_paths.NetworksLock);
            RememberNetwork();
            WriteState(_state);
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException)
        {
            // The container runs on; what it lacks is said to whoever looks.
            WriteState(_state with { Warnings = [.. _state.Warnings, $"Its network could not be taken over from the last monitor: {e.Message}"] });
        }
    }

    private void ReleaseNetwork()
    {
        try
        {
            if (_sandbox is not null)
            {
                _sandbox.Release();
            }
            else
            {
                var networks = NetworkDirectory.Beside(_paths);
                PortPublisher.Withdraw(networks, _definition.Id, _state.Ports);
                foreach (var endpoint in _state.Endpoints)
                    NetworkSandbox.Detach(endpoint, networks, _definition.Id);
            }
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            // The container is down all the same. Its interfaces go with its namespace; an address that stays taken is its own at the next start.
        }
        _sandbox = null;
        foreach (var endpoint in _state.Endpoints)
            _events.PublishOf(EventTypes.Network, endpoint.NetworkId, endpoint.Network, EventTypes.Disconnect);
        if (_state.Endpoints.Count > 0 || _state.Ports.Count > 0)
            _state = _state with { Endpoints = [], Ports = [] };
    }

    private void Connect(EndpointSettings endpoint)
    {
        if (_sandbox is null)
            throw NotRunning("connect");
        if (_sandbox.Endpoints.Any(present => present.NetworkId == endpoint.NetworkId))
        {
            throw new ContainerException(ErrorReason.InvalidState, $"{_definition.Name} is connected to the network '{endpoint.NetworkName}' already.", _definition.Name)
            {
                Remedy = "Disconnect it first to change how.",
            };
        }
        using var changing = FileLock.Exclusive(_paths.NetworksLock);
        _sandbox.Connect(endpoint);
        RememberNetwork();
        WriteState(_state);
        _events.PublishOf(EventTypes.Network, endpoint.NetworkId, endpoint.NetworkName, EventTypes.Connect);
    }

    private void Disconnect(string networkId)
    {
        if (_sandbox is null)
            throw NotRunning("disconnect");
        var endpoint = _sandbox.Endpoints.FirstOrDefault(present => present.NetworkId == networkId)
            ?? throw new ContainerException(ErrorReason.InvalidState, $"{_definition.Name} is not connected to this network.", _definition.Name) { Remedy = "See Get-Container for the networks that it is in." };
        using var changing = FileLock.Exclusive(_paths.NetworksLock);
        _sandbox.Disconnect(networkId);
        RememberNetwork();
        WriteState(_state);
        _events.PublishOf(EventTypes.Network, endpoint.NetworkId, endpoint.Network, EventTypes.Disconnect);
    }

    private (PortMapping Port, FileDescriptor[] Sockets) OfferPort(PortMapping port) => (_sandbox ?? throw NotRunning("move a port of")).OfferPort(port);

    private void TakePort(PortMapping port, FileDescriptor[] sockets) => ChangePorts(EventTypes.Publish, port, sandbox => sandbox.TakePort(port, sockets));

    private void YieldPort(PortMapping port) => ChangePorts(EventTypes.Unpublish, port, sandbox => sandbox.YieldPort(port));

    private void ChangePorts(string what, PortMapping port, Action<NetworkSandbox> change)
    {
        if (_sandbox is null)
            throw NotRunning("move a port of");
        using var changing = FileLock.Exclusive(_paths.NetworksLock);
        change(_sandbox);
        RememberNetwork();
        WriteState(_state);
        _events.Publish(what, ("port", port.ToString()));
    }

    private string Hostname => _spec.Hostname ?? _definition.Id[..12];

    /// <summary>The addresses go into the state, and into the settings as those to ask for at the next start.</summary>
    private void RememberNetwork()
    {
        _state = _state with { Endpoints = _sandbox!.Endpoints, Ports = _sandbox.Ports };
        JsonFile.Write(_paths.Networks, _sandbox.Settings, SupervisorJson.ContainerNetworks);
    }
}
