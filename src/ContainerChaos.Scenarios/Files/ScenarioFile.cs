using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ContainerChaos.Scenarios;

/// <summary>Reads scenario files (YAML 1.2, schema 1), strictly: what is unknown or out of range is an error with line and column.</summary>
public static class ScenarioFile
{
    private static readonly RestartPolicy[] s_allPolicies =
        [RestartPolicy.No, new(RestartPolicyKind.OnFailure, 3), RestartPolicy.Always, new(RestartPolicyKind.UnlessStopped)];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="ScenarioFileException">The file has a mistake.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Scenario Read(string path)
    {
        using var reader = new StreamReader(path);
        return Parse(reader, path);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="source">What errors call it.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="ScenarioFileException">The text has a mistake.</exception>
    public static Scenario Parse(TextReader text, string source)
    {
        var stream = new YamlStream();
        var parser = new Parser(text);
        try
        {
            stream.Load(parser);
        }
        catch (InvalidOperationException e)
        {
            // The parser's way to say that the text ends in the middle of something.
            Mark at = parser.Current?.End ?? Mark.Empty;
            throw new ScenarioFileException(source, at.Line, at.Column, "the text ends in the middle of a list or a mapping.", e);
        }
        catch (YamlException e)
        {
            throw new ScenarioFileException(source, e.Start.Line, e.Start.Column, e.InnerException?.Message ?? e.Message, e);
        }

        if (stream.Documents is not [{ RootNode: { } root }])
            throw new ScenarioFileException(source, 1, 1, "a scenario file holds exactly one document.");
        return ReadScenario(new YamlSection(source, root, "a scenario"), source);
    }

    private static Scenario ReadScenario(YamlSection yaml, string source)
    {
        if (yaml.Integer("schema", 1, int.MaxValue) is not 1)
            throw yaml.Error("schema", "this version reads 'schema: 1'.");
        ScenarioTarget target = yaml.Section("target") is { } section ? ReadTarget(section, new ScenarioTarget()) : new ScenarioTarget();
        ScenarioLoad load = LoadSection.Read(yaml.Section("load"), new ScenarioLoad("/healthz", new ConstantArrivals(250), TimeSpan.FromMilliseconds(250)), source);
        YamlSection? matrix = yaml.Section("matrix");
        (SteadyStateOptions steady, IReadOnlyList<ScenarioProbe> probes) = SteadySection.Read(yaml.Section("steady"));
        var scenario = new Scenario
        {
            Name = yaml.Required("name"),
            Title = yaml.Required("title"),
            Description = yaml.Required("description").Trim(),
            Tags = yaml.Texts("tags") ?? [],
            Source = source,
            Target = target,
            Load = load,
            Health = yaml.Section("health") is { } health ? LoadSection.Read(health, new ScenarioLoad("/healthz", new ConstantArrivals(100), load.Timeout), source) : null,
            Policies = matrix?.Policies("policies") ?? s_allPolicies,
            Init = matrix?.Booleans("init") ?? [false, true],
            Variants = yaml.Sections("variants").Select(v => ReadVariant(v, target, load, source)).ToArray(),
            Trials = yaml.Integer("trials", 1, 10_000) ?? 5,
            Concurrency = yaml.Integer("concurrency", 1, 64) ?? 1,
            Steady = steady,
            Probes = probes,
            Horizon = yaml.Duration("horizon") ?? TimeSpan.FromSeconds(10),
            Steps = yaml.Sections("steps").SelectMany(ReadStep).ToArray(),
            Objectives = yaml.Parsed("objectives", ScenarioObjective.Parse) ?? [],
            Expectations = yaml.Sections("expect").Select(ReadExpectation).ToArray(),
        };
        matrix?.Finish();
        if (!IsWord(scenario.Name))
            throw yaml.Error("name", $"'{scenario.Name}' must be made of lower-case letters, digits and dashes.");
        if (scenario.Tags.FirstOrDefault(tag => !IsWord(tag)) is { } bad)
            throw yaml.Error("tags", $"'{bad}' must be made of lower-case letters, digits and dashes.");
        if (scenario.Steps.Any(step => step.Action == ScenarioAction.Replace) && (target.Publish is null || scenario.Variants.Any(v => v.Target.Publish is null) || scenario.Health is not null))
            throw yaml.Error("steps", "what is replaced has a port that is published ('publish' in 'target'), and no 'health' beside the load.");
        if (scenario.Steps.Count == 0)
            throw yaml.Error("the key 'steps' is missing: a scenario does something.");
        yaml.Finish();
        return scenario;
    }

    private static bool IsWord(string text) => text.AsSpan().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-") < 0;

    private static ScenarioTarget ReadTarget(YamlSection yaml, ScenarioTarget basis)
    {
        var target = new ScenarioTarget
        {
            Image = yaml.Text("image") ?? basis.Image,
            Command = yaml.Texts("command") ?? basis.Command,
            Publish = yaml.Integer("publish", 1, ushort.MaxValue) ?? basis.Publish,
            Client = yaml.Choice("client", ("loopback", ScenarioClient.Loopback), ("host", ScenarioClient.Host)) ?? basis.Client,
            MemoryBytes = yaml.Size("memory") ?? basis.MemoryBytes,
            PidsLimit = yaml.Integer("pids", 1, 4_194_304) ?? basis.PidsLimit,
            Cpus = yaml.Has("cpus") ? yaml.Number("cpus", 0, 0.01, 1024) : basis.Cpus,
            RestartDelay = yaml.Delay("restart-delay") ?? basis.RestartDelay,
            StopTimeout = yaml.Duration("stop-timeout") ?? basis.StopTimeout,
        };
        yaml.Finish();
        return target;
    }

    private static ScenarioVariant ReadVariant(YamlSection yaml, ScenarioTarget basis, ScenarioLoad load, string source)
    {
        var variant = new ScenarioVariant
        {
            Name = yaml.Required("name"),
            Target = yaml.Section("target") is { } target ? ReadTarget(target, basis) : basis,
            Load = yaml.Section("load") is { } own ? LoadSection.Read(own, load, source) : null,
            Policies = yaml.Policies("policies") ?? s_allPolicies,
            Init = yaml.Booleans("init") ?? [false, true],
        };
        if (variant.Name == "base")
            throw yaml.Error("name", "'base' is the scenario as it is.");
        yaml.Finish();
        return variant;
    }

    private static IEnumerable<ScenarioStep> ReadStep(YamlSection yaml)
    {
        FaultSpec? fault = FaultSection.TryRead(yaml);
        ScenarioAction action = fault is not null ? ScenarioAction.Fault : yaml.Choice(
            "action",
            [
                ("request", ScenarioAction.Request),
                ("crash", ScenarioAction.Crash),
                ("stop", ScenarioAction.Stop),
                ("restart", ScenarioAction.Restart),
                ("start", ScenarioAction.Start),
                ("replace", ScenarioAction.Replace),
                .. FaultSection.Names.Select(name => (name, ScenarioAction.Fault)),
            ]) ?? throw yaml.Error("the key 'action' is missing.");
        int repeat = yaml.Integer("repeat", 1, 100) ?? 1;
        string? label = yaml.Text("label");
        if (label is not null && repeat > 1)
            throw yaml.Error("label", "a repeated step is labelled by its ordinal.");
        bool exits = yaml.Choice("effect", ("exit", true), ("degrade", false)) ?? action is not (ScenarioAction.Request or ScenarioAction.Replace or ScenarioAction.Fault);
        int number = 9;
        if (action == ScenarioAction.Crash && !SignalName.TryParse(yaml.Text("signal") ?? "KILL", out number))
            throw yaml.Error("signal", $"'{yaml.Text("signal")}' is not a signal; write KILL, SEGV or a number.");
        if (action is not (ScenarioAction.Crash or ScenarioAction.Fault) && yaml.Has("signal"))
            throw yaml.Error("signal", "only a crash has a signal.");
        bool lasts = fault is { IsInstant: false };
        if (!lasts && yaml.Has("duration"))
            throw yaml.Error("duration", "only a fault that lasts has a duration.");
        TimeSpan duration = (lasts ? yaml.Duration("duration") : null) ?? TimeSpan.FromSeconds(1);
        if (action == ScenarioAction.Replace && (repeat > 1 || exits))
            throw yaml.Error("action", "a container is replaced once, and its service goes on: neither 'repeat' nor 'effect: exit' belongs here.");
        var basis = new ScenarioStep
        {
            Label = label ?? "–",
            Action = action,
            Path = action == ScenarioAction.Fault ? null : yaml.Text("path"),
            Fault = fault,
            Duration = duration,
            Signal = number,
            EffectIsExit = exits,
            Timeout = yaml.Duration("timeout") ?? TimeSpan.FromSeconds(5) + (lasts ? duration : TimeSpan.Zero),
            Observe = yaml.Duration("observe") ?? TimeSpan.FromMilliseconds(150),
        };
        if (action == ScenarioAction.Request != basis.Path is not null)
            throw yaml.Error(action == ScenarioAction.Request ? "a request needs a 'path'." : "only a request has a 'path'.");
        yaml.Finish();
        return repeat == 1 ? [basis] : Enumerable.Range(1, repeat).Select(n => basis with { Label = Ordinal(n) });
    }

    private static ScenarioExpectation ReadExpectation(YamlSection yaml)
    {
        var expectation = new ScenarioExpectation
        {
            Variants = yaml.Texts("variants") ?? [],
            Policies = yaml.Policies("policies") ?? [],
            Init = yaml.Boolean("init"),
            Steps = yaml.Texts("steps") ?? [],
            Outcome = yaml.Choice("outcome", ("recovers", ExpectedOutcome.Recovers), ("stays-down", ExpectedOutcome.StaysDown))
                ?? throw yaml.Error("the key 'outcome' is missing."),
            Within = yaml.Duration("within"),
            ExitCode = yaml.Integer("exit-code", 0, 255),
            Failed = yaml.Integer("failed", 0, int.MaxValue),
            Because = yaml.Text("because"),
        };
        yaml.Finish();
        return expectation;
    }

    private static string Ordinal(int n) => n + ((n % 100) is >= 11 and <= 13 ? "th" : (n % 10) switch
    {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    });
}
