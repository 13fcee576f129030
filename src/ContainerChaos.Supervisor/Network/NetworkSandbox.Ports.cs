using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Published ports on their way from one running container to another.</summary>
internal sealed partial class NetworkSandbox
{
    /// <summary>The sockets of a port, for another container's monitor to serve.</summary>
    internal (PortMapping Port, FileDescriptor[] Sockets) OfferPort(PortMapping port) => _publisher.Offer(port);

    /// <summary>Serves a port that another container had. Without sockets it is published as at a start.</summary>
    /// <exception cref="ContainerException">InvalidState: the container is in no network that ports lead into.</exception>
    internal void TakePort(PortMapping port, FileDescriptor[] descriptors)
    {
        var target = PortTarget.Of(_endpoints);
        if (target.IsNone)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"{_container.Name} is in no network that leads out, so no port can lead to it.", _container.Name)
            {
                Remedy = $"Connect it: Connect-Container {_container.Name} -Network bridge",
            };
        }
        if (descriptors.Length == 0)
        {
            _publisher.Publish([port], target);
        }
        else
        {
            var sockets = descriptors.Select(InternetSocket.From).ToArray();
            if (sockets.Any(socket => socket.LocalEndPoint.Port != port.HostPort))
            {
                foreach (var socket in sockets)
                    socket.Dispose();
                throw new ContainerException(ErrorReason.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"{_container.Name}: these are not the sockets of port {port.HostPort}."), _container.Name);
            }
            _publisher.Take(port, sockets, target);
        }
        _published = target;
        Remember([.. _settings.Ports, port]);
    }

    /// <summary>Leaves a port to the container that has taken it.</summary>
    internal void YieldPort(PortMapping port)
    {
        _publisher.Yield(port);
        Remember([.. PortMoves.Without(_settings.Ports, port)]);
    }

    private void Remember(IReadOnlyList<PortMapping> ports)
    {
        _settings = _settings with { Ports = ports };
        _lastPorts = _publisher.Ports;
    }
}
