using ContainerChaos.Engine;

namespace ContainerChaos.Scenarios;

/// <summary>A command in the container: its exit code, what it writes, and how long it takes.</summary>
/// <param name="Command">The program and its arguments.</param>
public sealed record ExecProbe(IReadOnlyList<string> Command) : ScenarioProbe
{
    internal static readonly ToleranceGrammar Grammar = new(
        "a tolerance of a command",
        "'exit-code = 0', 'output contains ready', 'error = x' or 'latency < 1s'",
        new ToleranceTerm("exit-code", ToleranceUnit.Number) { IsCode = true },
        new ToleranceTerm("latency", ToleranceUnit.Time),
        new ToleranceTerm("output", ToleranceUnit.Text),
        new ToleranceTerm("error", ToleranceUnit.Text));

    /// <inheritdoc/>
    public override string Kind => "exec";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken)
    {
        ContainerCommandResult result = subject.Engine.Invoke(subject.Id, new ContainerCommandOptions { Command = Command }, cancellationToken);
        return new ProbeReading()
            .With("exit-code", ToleranceUnit.Number, result.ExitCode)
            .With("latency", ToleranceUnit.Time, result.Duration.TotalMilliseconds)
            .With("output", string.Join('\n', result.Output))
            .With("error", string.Join('\n', result.Error));
    }
}
