using System.Globalization;
using Bogus;
using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios;

/// <summary>Names and labels for the containers of a run, and the trials in the order they are run: all from the seed.</summary>
internal sealed class TrialNames(int seed)
{
    internal const string ScenarioLabel = "containerchaos.scenario";
    internal const string OwnerLabel = "containerchaos.owner";

    private readonly Faker _faker = new() { Random = new Randomizer(seed) };
    private static int s_runs;

    // Two runs at the same moment, of one process too, have the same words when they have the same seed.
    private readonly string _suffix = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId:x}-{Interlocked.Increment(ref s_runs)}");
    private int _count;

    /// <summary>This process, by PID and start time: who it names is either alive or will never be again.</summary>
    internal static string Owner { get; } =
        string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}:{ProcessStat.TryReadStartTime(Environment.ProcessId)}");

    /// <summary>Whether the process that an owner label names is alive.</summary>
    internal static bool IsAlive(string owner) =>
        owner.Split(':') is [var pid, var start]
        && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && ulong.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out ulong time)
        && ProcessStat.TryReadStartTime(number) == time;

    /// <summary>
    /// The trials of a scenario: every combination once, in random order, then every one a second time, and so on, so
    /// that a machine that grows slower does not look like a policy that is.
    /// </summary>
    internal IReadOnlyList<TrialSpec> Order(Scenario scenario, IReadOnlyList<ScenarioCell> cells, int trials)
    {
        var specs = new List<TrialSpec>(cells.Count * trials);
        for (int number = 1; number <= trials; number++)
            foreach (ScenarioCell cell in _faker.Random.Shuffle(cells))
                specs.Add(new TrialSpec(scenario, cell, number, NextName(), Labels(scenario, cell, number), seed));
        return specs;
    }

    private string NextName() =>
        $"chaos-{Word(_faker.Hacker.Adjective())}-{Word(_faker.Hacker.Noun())}-{_suffix}-{++_count}";

    private Dictionary<string, string> Labels(Scenario scenario, ScenarioCell cell, int number) => new()
    {
        [ScenarioLabel] = scenario.Name,
        [OwnerLabel] = Owner,
        ["containerchaos.trial"] = string.Create(CultureInfo.InvariantCulture, $"{cell.Policy}{(cell.Init ? "+init" : "")}#{number}"),
        ["containerchaos.service"] = Word(_faker.Commerce.Product()),
    };

    private static string Word(string text) =>
        string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
}
