using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The caller's standard streams, which a container gets and this process never closes: an error is still to be told on one of them.</summary>
internal static class OwnStreams
{
    private static readonly FileDescriptor Input = new(0), Output = new(1), ErrorOutput = new(2);

    internal static LaunchStreams Streams { get; } = new(Input, Output, ErrorOutput);
}
