using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>
    /// Leads published ports to another running container. No connection is refused or lost meanwhile: new ones go to the one or to the other, and
    /// those that stand stay with the container that has them, until it closes them or is stopped.
    /// </summary>
    /// <param name="source">The container that has the ports, running or not; as in <see cref="Get"/>.</param>
    /// <param name="destination">The running container that shall have them.</param>
    /// <param name="options">Which, and where they lead; null for all, to the same ports as before.</param>
    /// <returns>The container that has them now.</returns>
    /// <exception cref="ContainerException">InvalidArgument: the source has no such port; InvalidState: the destination does not run, or is in no network that leads out; PortInUse.</exception>
    public Container MovePorts(string source, string destination, PortMoveOptions? options = null)
    {
        options ??= new PortMoveOptions();
        var from = Find(source);
        var to = Find(destination);
        if (from.Id == to.Id)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"Container '{from.Name}' has its ports already.", from.Name, "Name another container as the destination.");
        if (options.ContainerPort is < 1 or > ushort.MaxValue)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"{options.ContainerPort} is not a port.", to.Name, "Give a number from 1 to 65535.");
        return Guard($"move ports of container '{from.Name}' to '{to.Name}'", from.Name, () =>
        {
            RequireNetworks(to);
            var state = Refresh(to);
            if (state is not { Pid: > 0 })
                throw NotRunning(to, state, "move a port to");
            foreach (var port in Select(from, options.Ports))
                state = Move(from, port, to, port with { ContainerPort = options.ContainerPort ?? port.ContainerPort }) ?? throw NotRunning(to, _store.TryReadState(to.Id), "move a port to");
            return Describe(to, state);
        });
    }

    private List<PortMapping> Select(ContainerDefinition from, IReadOnlyList<string> wanted)
    {
        IReadOnlyList<PortMapping> ports = Refresh(from) is { } state && IsActive(state)
            ? state.Ports
            : JsonFile.TryRead(_store.GetPaths(from.Id).Networks, SupervisorJson.ContainerNetworks)?.Ports ?? [];
        var remedy = ports.Count > 0 ? $"It has {string.Join(", ", ports)}." : "It has none.";
        if (wanted.Count == 0 && ports.Count == 0)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"Container '{from.Name}' has no published port.", from.Name, "See Get-Container for who has them.");
        return wanted.Count == 0 ? [.. ports] : [.. wanted.Select(text => ports.FirstOrDefault(port => Means(text, port))
            ?? throw new ContainerException(ErrorReason.InvalidArgument, $"Container '{from.Name}' has no published port {text}.", from.Name) { Remedy = remedy })];
    }

    /// <summary>Whether <c>[address:]port[/protocol]</c> means a published port; without an address any.</summary>
    private static bool Means(string text, PortMapping port)
    {
        var (rest, protocol) = text.Split('/') is [var before, var after] ? (before, after.ToLowerInvariant()) : (text, "tcp");
        var number = rest[(rest.LastIndexOf(':') + 1)..];
        var address = rest.Length > number.Length ? rest[..^(number.Length + 1)].Trim('[', ']') : null;
        return protocol == port.Protocol && number == port.HostPort.ToString(CultureInfo.InvariantCulture) && (address is null || address == port.HostAddress);
    }

    /// <summary>
    /// In this order a port always has somebody: the destination serves the very sockets that the source serves, then it is the one that
    /// packets are led to, and only then the source lets go.
    /// </summary>
    private ContainerState? Move(ContainerDefinition from, PortMapping port, ContainerDefinition to, PortMapping moved)
    {
        IReadOnlyList<FileDescriptor> sockets = [];
        try
        {
            if (Ask(from, monitor => monitor.OfferPort(port, out sockets)) is null)
                return MoveFromStopped(from, port, to, moved);
            var state = Ask(to, monitor => monitor.TakePort(moved, sockets));
            if (state is not null)
                Yield(from, port);
            return state;
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }

    private void Yield(ContainerDefinition from, PortMapping port)
    {
        try
        {
            // One that has ended meanwhile would want the port at its next start.
            if (Ask(from, monitor => monitor.YieldPort(port)) is null)
                Change(_store.GetPaths(from.Id), settings => settings with { Ports = [.. PortMoves.Without(settings.Ports, port)] });
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.InvalidState)
        {
            // A monitor that took over from one that was killed has seen whose port it is.
        }
    }

    private ContainerState? MoveFromStopped(ContainerDefinition from, PortMapping port, ContainerDefinition to, PortMapping moved)
    {
        var state = Ask(to, monitor => monitor.TakePort(moved, []));
        if (state is not null)
            Change(_store.GetPaths(from.Id), settings => settings with { Ports = [.. PortMoves.Without(settings.Ports, port)] });
        return state;
    }
}
