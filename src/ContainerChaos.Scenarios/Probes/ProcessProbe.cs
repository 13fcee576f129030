namespace ContainerChaos.Scenarios;

/// <summary>A program of the host: its exit code, what it writes, and how long it takes. It is run without a shell, and killed when its time is over.</summary>
/// <param name="Command">The program, a path or a name in PATH, and its arguments.</param>
public sealed record ProcessProbe(IReadOnlyList<string> Command) : ScenarioProbe
{
    /// <inheritdoc/>
    public override string Kind => "process";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken) => HostProgram.Run(Command, subject, cancellationToken);
}
