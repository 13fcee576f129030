using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>A script of a program that looks at the container, and says whether it is well, or a number or a text to compare.</summary>
/// <param name="Script">The script.</param>
public sealed record ScriptProbe(ScenarioScript Script) : ScenarioProbe
{
    internal static readonly ToleranceGrammar Grammar = new(
        "a tolerance of a script's output",
        "'value < 3', 'output contains ready' or 'latency < 1s'",
        new ToleranceTerm("value", ToleranceUnit.Number),
        new ToleranceTerm("output", ToleranceUnit.Text),
        new ToleranceTerm("latency", ToleranceUnit.Time));

    /// <inheritdoc/>
    public override string Kind => "script";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken)
    {
        long began = MonotonicClock.Now;
        ScriptOutput output = Script.Invoke(subject.Engine.Get(subject.Id), cancellationToken);
        if (Tolerances.Count == 0 && !output.IsTrue)
            return ProbeReading.Failed($"it says '{output.Text}'");
        return new ProbeReading()
            .With("value", ToleranceUnit.Number, output.Number)
            .With("output", output.Text)
            .With("latency", ToleranceUnit.Time, (MonotonicClock.Now - began) / 1e6);
    }
}
