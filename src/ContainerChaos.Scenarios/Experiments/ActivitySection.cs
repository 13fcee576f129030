namespace ContainerChaos.Scenarios;

/// <summary>The activities of an experiment, as probes, steps and rollbacks of a scenario.</summary>
/// <param name="all">All that there are, which others may name by <c>ref</c>.</param>
internal sealed class ActivitySection(IReadOnlyList<YamlSection> all)
{
    private readonly List<string> _ignored = [];

    /// <summary>What stands in the file and is not acted on.</summary>
    internal IReadOnlyList<string> Ignored => _ignored;

    /// <summary>An entry of <c>probes</c>: itself, and a second one when its tolerance is a probe.</summary>
    internal IEnumerable<ScenarioProbe> ReadHypothesis(YamlSection entry)
    {
        YamlSection yaml = Find(entry);
        string name = yaml.Required("name");
        if (yaml.Choice("type", ("probe", true)) is null)
            throw yaml.Error("the key 'type' is missing.");
        YamlSection provider = yaml.RequiredSection("provider");
        ScenarioProbe probe;
        ScenarioProbe[] judges = [];
        if (provider.Required("type") == ProviderSection.Own)
        {
            probe = ProbeSection.Read(provider);
            if (yaml.Literal("tolerance")?.Value is not (null or "true"))
                throw yaml.Error("tolerance", "of a probe of the type containerchaos it is 'true', that all of its 'tolerances' hold, which stand in the provider.");
        }
        else
        {
            if (!yaml.Has("tolerance"))
                throw yaml.Error("the key 'tolerance' is missing: a probe of the hypothesis says what has to come of it.");
            probe = ProviderSection.Read(provider);
            if (yaml.Literal("tolerance") is null && yaml.List("tolerance") is null && yaml.Section("tolerance") is { } judge && judge.Text("type") == "probe")
                judges = [.. ReadHypothesis(judge).Select(other => other with { Name = $"{name}: {other.Name}" })];
            else
                probe = probe with { Tolerances = ExperimentTolerance.Read(yaml, probe) };
        }

        IgnoreControls(yaml);
        yaml.Finish();
        return judges.Prepend(probe with { Name = name });
    }

    /// <summary>An entry of <c>method</c>.</summary>
    internal IEnumerable<ScenarioStep> ReadStep(YamlSection entry)
    {
        YamlSection yaml = Find(entry);
        string name = yaml.Required("name");
        bool isProbe = IsProbe(yaml);
        bool isBackground = yaml.Boolean("background") ?? false;
        YamlSection? pauses = yaml.Section("pauses");
        TimeSpan before = pauses?.Seconds("before") ?? TimeSpan.Zero, after = pauses?.Seconds("after") ?? TimeSpan.Zero;
        pauses?.Finish();
        YamlSection provider = yaml.RequiredSection("provider");
        ScenarioStep[] steps;
        if (provider.Required("type") == ProviderSection.Own && !isProbe)
        {
            steps = [.. StepSection.Read(provider, isBackground)];
        }
        else
        {
            if (isBackground)
                throw yaml.Error("background", "only a fault of the type containerchaos goes on in the background. What a program shall do meanwhile it has to do in the background itself.");
            ScenarioProbe probe = provider.Required("type") == ProviderSection.Own ? ProbeSection.Read(provider) : ProviderSection.Read(provider);
            // As in the toolkit: what an activity finds is written down, and judged by the hypothesis only.
            steps = [new ScenarioStep { Label = name, Acts = [Ask(probe, name) with { MayFail = true }], EffectIsExit = false }];
        }

        IgnoreControls(yaml);
        // Of a probe of the hypothesis that is named here.
        yaml.Accept("tolerance");
        yaml.Finish();
        return steps.Select((step, i) => step with
        {
            Label = steps.Length == 1 ? name : $"{name} {step.Label}",
            After = step.After + (i == 0 ? before : TimeSpan.Zero),
            Pause = i == steps.Length - 1 ? after : TimeSpan.Zero,
        });
    }

    /// <summary>An entry of <c>rollbacks</c>.</summary>
    internal ScenarioAct ReadRollback(YamlSection entry)
    {
        YamlSection yaml = Find(entry);
        string name = yaml.Required("name");
        IsProbe(yaml);
        YamlSection provider = yaml.RequiredSection("provider");
        ScenarioAct act = provider.Required("type") == ProviderSection.Own ? StepSection.ReadRollback(provider) : Ask(ProviderSection.Read(provider), name);
        IgnoreControls(yaml);
        yaml.Finish();
        return act;
    }

    /// <summary>Says that the controls of something, which are Python, are not run.</summary>
    internal void IgnoreControls(YamlSection yaml)
    {
        if (yaml.HasAny("controls"))
            _ignored.Add(yaml.Error("controls", "controls are functions in Python, and are not run here.").Message);
    }

    private static ScenarioAct Ask(ScenarioProbe probe, string name) => new() { Action = ScenarioAction.Probe, Probe = probe with { Name = name }, Timeout = probe.Timeout };

    private static bool IsProbe(YamlSection yaml) => yaml.Choice("type", ("action", false), ("probe", true)) ?? throw yaml.Error("the key 'type' is missing.");

    private YamlSection Find(YamlSection entry)
    {
        if (entry.Text("ref") is not { } name)
        {
            // What the providers take is in the whole file's texts by now.
            entry.Accept("configuration", "secrets");
            return entry;
        }

        entry.Finish();
        return all.FirstOrDefault(one => one.Text("name") == name) ?? throw entry.Error("ref", $"there is no activity '{name}'.");
    }
}
