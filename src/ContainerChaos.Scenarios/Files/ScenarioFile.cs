using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ContainerChaos.Scenarios;

/// <summary>Reads scenario files (YAML 1.2, schema 1) and experiments of the Chaos Toolkit, strictly: what is unknown or out of range is an error with line and column.</summary>
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
        return ExperimentFile.Is(root) ? ExperimentFile.Read((YamlMappingNode)root, source) : ReadScenario(new YamlSection(source, root, "a scenario"), source);
    }

    internal static Scenario ReadScenario(YamlSection yaml, string source)
    {
        if (yaml.Integer("schema", 1, int.MaxValue) is not 1)
            throw yaml.Error("schema", "this version reads 'schema: 1', and experiments of the Chaos Toolkit, which have a 'method'.");
        Scenario scenario = ReadConditions(yaml, source, yaml.Required("name"), yaml.Required("title"), yaml.Required("description").Trim()) with
        {
            Tags = yaml.Texts("tags") ?? [],
            Steps = yaml.Sections("steps").SelectMany(StepSection.Read).ToArray(),
            Rollbacks = yaml.Sections("rollbacks").Select(StepSection.ReadRollback).ToArray(),
        };
        if (!IsWord(scenario.Name))
            throw yaml.Error("name", $"'{scenario.Name}' must be made of lower-case letters, digits and dashes.");
        if (scenario.Tags.FirstOrDefault(tag => !IsWord(tag)) is { } bad)
            throw yaml.Error("tags", $"'{bad}' must be made of lower-case letters, digits and dashes.");
        if (scenario.Steps.Count == 0)
            throw yaml.Error("the key 'steps' is missing: a scenario does something.");
        Check(scenario, yaml, "steps");
        yaml.Finish();
        return scenario;
    }

    /// <summary>All of a scenario but what it is called, its method and its rollbacks: what is run, under which load, over what, and what should come of it.</summary>
    internal static Scenario ReadConditions(YamlSection yaml, string source, string name, string title, string description)
    {
        ScenarioTarget target = yaml.Section("target") is { } section ? ReadTarget(section, new ScenarioTarget()) : new ScenarioTarget();
        ScenarioLoad load = LoadSection.Read(yaml.Section("load"), new ScenarioLoad("/healthz", new ConstantArrivals(250), TimeSpan.FromMilliseconds(250)), source);
        YamlSection? matrix = yaml.Section("matrix");
        (SteadyStateOptions steady, IReadOnlyList<ScenarioProbe> probes) = SteadySection.Read(yaml.Section("steady"));
        var scenario = new Scenario
        {
            Name = name,
            Title = title,
            Description = description,
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
            Steps = [],
            Stop = yaml.Parsed("stop", ScenarioStop.Parse) ?? [],
            Objectives = yaml.Parsed("objectives", ScenarioObjective.Parse) ?? [],
            Expectations = yaml.Sections("expect").Select(ReadExpectation).ToArray(),
        };
        matrix?.Finish();
        return scenario;
    }

    /// <summary>What of a method does not go with the rest.</summary>
    internal static void Check(Scenario scenario, YamlSection yaml, string key)
    {
        if (scenario.Steps.Any(step => step.Does(ScenarioAction.Replace))
            && (scenario.Target.Publish is null || scenario.Variants.Any(v => v.Target.Publish is null) || scenario.Health is not null))
            throw yaml.Error(key, "what is replaced has a port that is published ('publish' in 'target'), and no 'health' beside the load.");
        if (scenario.Steps.All(step => step.IsBackground))
            throw yaml.Error(key, "something has to be done beside what goes on in the background.");
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
}
