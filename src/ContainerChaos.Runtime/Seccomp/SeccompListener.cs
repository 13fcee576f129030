using System.Text.Json;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Takes a filter's listener to the agent that answers for it (runtime-spec, config-linux: The Container Process State).</summary>
/// <param name="id">The container.</param>
/// <param name="status">Its status.</param>
/// <param name="bundle">Its bundle.</param>
/// <param name="spec">Its config.</param>
internal sealed class SeccompListener(string id, string status, string? bundle, RuntimeSpec? spec)
{
    /// <summary>crun's version of the message; its agents and its suite look at it, and the specification numbers it no other way.</summary>
    private const string MessageVersion = "0.2.0";

    /// <summary>Sends the state and the descriptor.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="child">The process that has loaded it.</param>
    /// <param name="descriptor">The listener's number in that process.</param>
    /// <exception cref="ContainerException">The agent can't be reached, and calls would wait for it.</exception>
    internal void Send(SeccompFilter filter, StartedChild child, long descriptor)
    {
        var message = JsonSerializer.SerializeToUtf8Bytes(
            new SeccompProcessState
            {
                OciVersion = MessageVersion,
                Fds = ["seccompFd"],
                Pid = child.Pid,
                Metadata = filter.ListenerMetadata,
                State = new SeccompContainerState
                {
                    OciVersion = spec?.OciVersion is { Length: > 0 } version ? version : MessageVersion,
                    Id = id,
                    Status = status,
                    Pid = child.Pid,
                    Bundle = bundle ?? "",
                    Annotations = spec?.Annotations,
                },
            },
            SeccompJson.Default.SeccompProcessState);
        try
        {
            using var listener = child.OpenDescriptor(descriptor);
            UnixMessage.Send(filter.ListenerPath!, message, listener);
        }
        catch (ErrnoException e)
        {
            // Without SCMP_ACT_NOTIFY the path means nothing; crun sends the listener all the same, so we try.
            if (filter.Notifies)
                throw new ContainerException(ErrorReason.StartFailed, $"{id}: linux.seccomp.listenerPath: failed to connect with seccomp agent: {e.Message}.", filter.ListenerPath, e);
        }
    }
}
