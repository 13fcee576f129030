namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Runs a command in a running container and waits for its end.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">The command.</param>
    /// <param name="cancellationToken">Kills the command and ends the call.</param>
    /// <returns>Its exit code and its lines; an exit code other than 0 is a result, not an error.</returns>
    /// <exception cref="Runtime.ContainerException">CommandNotFound, CommandNotExecutable, PidTableFull, InvalidState, Timeout.</exception>
    public ContainerCommandResult Invoke(string nameOrId, ContainerCommandOptions options, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
