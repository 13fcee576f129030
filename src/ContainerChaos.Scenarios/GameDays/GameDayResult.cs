namespace ContainerChaos.Scenarios;

/// <summary>What a game day showed, on this machine or on several.</summary>
public sealed record GameDayResult
{
    /// <summary>The scenarios that were run, in their order; of several machines one machine's after the other's.</summary>
    public required IReadOnlyList<GameDayChapter> Chapters { get; init; }

    /// <summary>The scenarios that were not run any more, since one before did not hold, or nothing came from their machine.</summary>
    public required IReadOnlyList<string> NotRun { get; init; }

    /// <summary>The three largest findings, and every machine that nothing came from, see <see cref="GameDayFinding.Of"/>.</summary>
    public required IReadOnlyList<GameDayFinding> Findings { get; init; }

    /// <summary>The table and everything it was made from, of all scenarios together.</summary>
    public required ScenarioReport Report { get; init; }

    /// <summary>The names of the scenarios that came as their files expect; of several machines <c>host: name</c>.</summary>
    public IReadOnlyList<string> Held => Chapters.Where(chapter => chapter.Held == true).Select(chapter => chapter.Name).ToArray();

    /// <summary>The names of those that did not.</summary>
    public IReadOnlyList<string> DidNotHold => Chapters.Where(chapter => chapter.Held == false).Select(chapter => chapter.Name).ToArray();

    /// <summary>How long it took, the quiet between scenarios included.</summary>
    public TimeSpan Duration => Report.Duration;

    /// <summary>Makes one of what several machines showed of the same scenarios.</summary>
    /// <param name="outcomes">What came from each, in the order they were named.</param>
    /// <param name="scenarios">The scenarios that each was to run.</param>
    /// <param name="startedAt">When it was asked for.</param>
    /// <param name="duration">How long it took until all were there.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>One result, in which every row, trial and finding names its machine.</returns>
    /// <exception cref="ArgumentException">There is no machine, or one is there twice.</exception>
    public static GameDayResult Merge(IReadOnlyList<HostOutcome> outcomes, IReadOnlyList<Scenario> scenarios, DateTimeOffset startedAt, TimeSpan duration, int seed)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(scenarios);
        if (outcomes.Count == 0)
            throw new ArgumentException("A game day without a host shows nothing.", nameof(outcomes));
        if (outcomes.GroupBy(o => o.Host, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"The host {twice.Key} is named twice: its runs would disturb each other.", nameof(outcomes));
        GameDayResult[] results = [.. outcomes.Where(o => o.Result is not null).Select(o => o.Result!.On(o.Host))];
        ScenarioReport[] reports = [.. results.Select(result => result.Report)];
        var whole = new ScenarioReport
        {
            StartedAt = startedAt,
            Duration = duration,
            Seed = seed,
            Environment = RunEnvironment.Read(),
            Hosts = outcomes.Select(RunOf).ToArray(),
            Scenarios = scenarios.Where(scenario => reports.Any(report => report.Scenarios.Contains(scenario))).ToArray(),
            Rows = reports.SelectMany(report => report.Rows).ToArray(),
            Trials = reports.SelectMany(report => report.Trials).ToArray(),
            OpenFaults = reports.SelectMany(report => report.OpenFaults).ToArray(),
            FaultsUndone = reports.Sum(report => report.FaultsUndone),
        };
        return new GameDayResult
        {
            Chapters = results.SelectMany(result => result.Chapters).ToArray(),
            NotRun = outcomes.SelectMany(o => scenarios.Skip(o.Result?.Chapters.Count ?? 0).Select(scenario => GameDayChapter.NameOf(o.Host, scenario))).ToArray(),
            Findings = GameDayFinding.Of(whole),
            Report = whole,
        };
    }

    /// <summary>Reads what another machine has packed.</summary>
    /// <param name="packed">The bytes of <see cref="Pack"/>.</param>
    /// <param name="scenarios">The scenarios that it was to run.</param>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidDataException">It is no result of this version, or not of these scenarios.</exception>
    public static GameDayResult Unpack(byte[] packed, IReadOnlyList<Scenario> scenarios)
    {
        ArgumentNullException.ThrowIfNull(packed);
        ArgumentNullException.ThrowIfNull(scenarios);
        return GameDayParcel.Unpack(packed, scenarios);
    }

    /// <summary>It as bytes that the same version on another machine reads, trials and requests included.</summary>
    /// <returns>The bytes.</returns>
    public byte[] Pack() => GameDayParcel.Pack(this);

    /// <summary>What held, what did not, and what was not run, on a line.</summary>
    public override string ToString() =>
        $"held: {Names(Held)}; did not hold: {Names(DidNotHold)}{(NotRun.Count == 0 ? "" : $"; not run: {Names(NotRun)}")}";

    internal static GameDayResult Of(IReadOnlyList<GameDayChapter> chapters, IReadOnlyList<Scenario> scenarios, ScenarioReport report) => new()
    {
        Chapters = chapters,
        NotRun = scenarios.Skip(chapters.Count).Select(scenario => scenario.Name).ToArray(),
        Findings = GameDayFinding.Of(report),
        Report = report,
    };

    private static HostRun RunOf(HostOutcome outcome) => new()
    {
        Host = outcome.Host,
        StartedAt = outcome.Result?.Report.StartedAt,
        Duration = outcome.Result?.Report.Duration,
        Environment = outcome.Result?.Report.Environment,
        OpenFaults = outcome.Result?.Report.OpenFaults ?? [],
        FaultsUndone = outcome.Result?.Report.FaultsUndone ?? 0,
        Problem = outcome.Result is null ? outcome.Problem ?? "It said nothing." : null,
    };

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);

    private GameDayResult On(string host) => this with
    {
        Chapters = Chapters.Select(chapter => chapter with { Host = host, Rows = chapter.Rows?.Select(row => row with { Host = host }).ToArray() }).ToArray(),
        Report = Report with
        {
            Rows = Report.Rows.Select(row => row with { Host = host }).ToArray(),
            Trials = Report.Trials.Select(trial => trial with { Host = host }).ToArray(),
        },
    };
}
