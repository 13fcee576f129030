using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>
    /// The containers that are to be started when the machine was: those that Docker's daemon starts when it is. Containers that others
    /// share the network of come first.
    /// </summary>
    /// <returns>
    /// Of those that are down and have been started before: with the policy <c>always</c> every one, with <c>unless-stopped</c> those that
    /// nobody stopped, with <c>on-failure</c> those whose last exit code was not 0 and whose retries are not used up. What ran when the machine went
    /// down has the exit code 255.
    /// </returns>
    /// <remarks>moby, daemon/daemon.go (restore) and restartmanager; observed of Docker 20.10.</remarks>
    public IReadOnlyList<Container> FindRestorable()
    {
        var found = new List<(Container Container, bool JoinsNetwork)>();
        foreach (var id in _store.Ids())
        {
            if (_store.TryReadDefinition(id) is { } definition && Refresh(definition) is { } state && IsRestorable(definition, state))
                found.Add((Describe(definition, state), definition.NetworkContainerId is not null));
        }
        return [.. found.OrderBy(one => one.JoinsNetwork).ThenBy(one => one.Container.CreatedAt).Select(one => one.Container)];
    }

    private static bool IsRestorable(ContainerDefinition definition, ContainerState state) =>
        state is { Status: Runtime.ContainerStatus.Exited, StartedAt: not null }
        && definition.RestartPolicy.Kind switch
        {
            RestartPolicyKind.Always => true,
            RestartPolicyKind.UnlessStopped => !state.ManuallyStopped,
            RestartPolicyKind.OnFailure => state.ExitCode != 0
                && (definition.RestartPolicy.MaximumRetryCount == 0 || state.RestartCount < definition.RestartPolicy.MaximumRetryCount),
            _ => false,
        };
}
