using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios;

/// <summary>What a row means, measured against what the scenario expects.</summary>
internal sealed record Verdict(string Text, bool AsExpected)
{
    internal static Verdict Of(ScenarioExpectation? expectation, StepResult[] steps, Distribution firstSuccess)
    {
        int unrecovered = steps.Count(s => !s.Stamps.Recovered);
        if (expectation is null)
            return new Verdict(unrecovered == 0 ? "recovers" : $"{unrecovered} of {steps.Length} not recovered", true);
        if (expectation.Outcome == ExpectedOutcome.StaysDown && unrecovered < steps.Length)
            return new Verdict($"unexpected: {steps.Length - unrecovered} of {steps.Length} came back", false);
        if (expectation.Outcome == ExpectedOutcome.Recovers && unrecovered > 0)
            return new Verdict($"unexpected: {unrecovered} of {steps.Length} did not recover", false);
        if (expectation.ExitCode is { } code && steps.FirstOrDefault(s => s.ExitCode != code) is { } other)
            return new Verdict($"unexpected: exit code {other.ExitCode?.ToString() ?? "none"} instead of {code}", false);
        if (expectation.Failed is { } allowed && steps.Sum(s => s.Failed) is var failed && failed > allowed)
            return new Verdict($"unexpected: {failed} of {steps.Sum(s => s.Requests)} requests failed", false);
        if (expectation.Within is { } within && firstSuccess.P50.Value > within.TotalMilliseconds)
            return new Verdict($"too slow: median {firstSuccess.P50.Value:0} ms, objective {within.TotalMilliseconds:0} ms", false);
        return new Verdict(expectation.Because ?? (expectation.Outcome == ExpectedOutcome.StaysDown ? "as expected" : "ok"), true);
    }

    /// <summary>What is not as it was before the method; null when everything is.</summary>
    internal static Verdict? Of(ProbeResult[] outside, int trials) =>
        outside is [var first, ..] ? new Verdict($"not steady after, {outside.Length} of {trials}: {first.Name}: {first.Problem}", false) : null;

    /// <summary>The first threshold of the load that was not kept; null when all were.</summary>
    internal static Verdict? Of(ThresholdVerdict[] missed, int trials) =>
        missed is [var first, ..] ? new Verdict($"not kept, {missed.Length} of {trials}: {first}", false) : null;

    /// <summary>The first objective that was missed; null when all were met.</summary>
    internal static Verdict? Of(IEnumerable<Tolerance> objectives, Distribution firstSuccess, double availability, long failed)
    {
        foreach (Tolerance objective in objectives)
            if (ScenarioObjective.Missed(objective, firstSuccess, availability, failed) is { } seen)
                return new Verdict($"missed: {objective}, seen {seen}", false);
        return null;
    }
}
