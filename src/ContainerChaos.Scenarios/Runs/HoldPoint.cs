using System.Globalization;

namespace ContainerChaos.Scenarios;

/// <summary>The step that a trial is left at.</summary>
internal static class HoldPoint
{
    /// <summary>The index of a step by its label, or its number from 1.</summary>
    /// <exception cref="ArgumentException">There is none, or the scenario's trials can't be left.</exception>
    internal static int Find(Scenario scenario, string step)
    {
        if (scenario.Cells().Any(cell => (cell.Variant?.Target ?? scenario.Target).Publish is not null))
            throw new ArgumentException($"A trial of {scenario.Name} has a network of its own, which ends with it: it can't be stopped in the middle and looked at.", nameof(step));
        string[] labels = [.. scenario.Steps.Select(one => one.Label)];
        if (Array.IndexOf(labels, step) is >= 0 and var index)
            return index;
        return int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= labels.Length
            ? number - 1
            : throw new ArgumentException($"{scenario.Name} has no step '{step}'; it has {string.Join(", ", labels)}, or 1 to {labels.Length}.", nameof(step));
    }
}
