using System.Net;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Separates the target from others: packets between them are dropped without a word, by nf_tables in the target's network namespace.</summary>
/// <param name="From">The others: names of containers of ours, or addresses; none for everybody.</param>
/// <param name="Direction">Which packets are dropped: a one-way partition drops those that come in, or those that go out.</param>
/// <remarks>Connections between them hang until their time-outs, as after a cable was cut; they go on if the fault ends before.</remarks>
public sealed record PartitionFault(IReadOnlyList<string> From, TrafficDirection Direction = TrafficDirection.Both) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "partition";

    internal override FaultSpec Resolve(ContainerEngine engine) => this with
    {
        From = [.. From.SelectMany(text => IPAddress.TryParse(text, out _) ? [text] : AddressesOf(engine.Get(text))).Distinct()],
    };

    internal override FaultPlan Plan(ChaosTarget target)
    {
        TargetNetwork network = TargetNetwork.Of(target, Name);
        if (From.FirstOrDefault(text => !IPAddress.TryParse(text, out _)) is { } wrong)
            throw new ContainerException(ErrorReason.InvalidArgument, $"'{wrong}' is no address.", wrong) { Remedy = "Name containers in a bridge network, or write addresses." };
        string?[] addresses = From.Count > 0 ? [.. From] : [null];
        var filters = new List<PacketFilter>();
        foreach (bool isInput in TargetNetwork.Ways(Direction))
            filters.AddRange(addresses.Select(address => new PacketFilter { IsInput = isInput, Address = address }));
        string which = Direction switch { TrafficDirection.In => "from", TrafficDirection.Out => "to", _ => "from and to" };
        return network.Filter($"every packet {which} {(From.Count > 0 ? string.Join(", ", From) : "anybody")} is dropped", filters);
    }

    private static string[] AddressesOf(Container container)
    {
        string[] addresses = [.. container.Endpoints.SelectMany(endpoint => endpoint.Addresses).Select(address => address.Split('/')[0])];
        return addresses.Length > 0
            ? addresses
            : throw new ContainerException(ErrorReason.InvalidState, $"Container '{container.Name}' has no address to be separated from.", container.Name) { Remedy = "Start it in a bridge network, or write an address." };
    }
}
