using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>The state of the container, with Docker's words.</summary>
public sealed record ContainerProbe : ScenarioProbe
{
    internal static readonly ToleranceGrammar Grammar = new(
        "a tolerance of a container's state",
        "'state = running', 'health = healthy', 'exit-code = 0' or 'restarts < 3'",
        new ToleranceTerm("state", ToleranceUnit.Text) { Operators = ["=", "!="], Values = Names<ContainerStatus>() },
        new ToleranceTerm("health", ToleranceUnit.Text) { Operators = ["=", "!="], Values = Names<HealthStatus>() },
        new ToleranceTerm("exit-code", ToleranceUnit.Number) { IsCode = true },
        new ToleranceTerm("restarts", ToleranceUnit.Number));

    /// <inheritdoc/>
    public override string Kind => "container";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken)
    {
        Container container = subject.Engine.Get(subject.Id);
        ProbeReading reading = new ProbeReading()
            .With("state", Word(container.State))
            .With("exit-code", ToleranceUnit.Number, container.ExitCode)
            .With("restarts", ToleranceUnit.Number, container.RestartCount);
        return container.Health is { } health ? reading.With("health", Word(health.Status)) : reading;
    }

    private static string[] Names<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Word)];

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
