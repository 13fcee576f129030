using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios.Load;

/// <summary>One connection of the load generator, and the request it carries.</summary>
internal sealed class LoadConnection(StreamSocket socket, int slot)
{
    internal StreamSocket Socket { get; } = socket;

    /// <summary>Its place in the table of connections; with <see cref="Generation"/> it makes the poller's token.</summary>
    internal int Slot { get; } = slot;

    internal uint Generation { get; init; }

    internal bool Connecting { get; set; }

    /// <summary>Bytes of the request that are still to be sent.</summary>
    internal int Unsent { get; set; }

    internal LoadRequest? Current { get; set; }

    internal HttpResponseReader Reader { get; } = new();

    internal ulong Token => ((ulong)Generation << 32) | (uint)Slot;
}
