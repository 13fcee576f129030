using ContainerChaos.Supervisor;
using YamlDotNet.RepresentationModel;

namespace ContainerChaos.Scenarios;

/// <summary>
/// Reads experiments of the Chaos Toolkit (https://chaostoolkit.org/reference/api/experiment/) as scenarios: the probes of the hypothesis are those of <c>steady</c>, an activity of
/// the method is a step, and the extension named containerchaos says of what else a scenario has. What can't be done here is an error at its place.
/// </summary>
internal static class ExperimentFile
{
    private const string Extension = "containerchaos";
    private const int LongestName = 60;

    /// <summary>Whether a file is one: it has a method, and is no scenario of ours.</summary>
    internal static bool Is(YamlNode root) => root is YamlMappingNode mapping && mapping.Children.ContainsKey(new YamlScalarNode("method")) && !mapping.Children.ContainsKey(new YamlScalarNode("schema"));

    internal static Scenario Read(YamlMappingNode root, string source)
    {
        // As it was written: without the values that belong to this machine, secrets among them.
        string json = ExperimentJson.Write(root);
        var yaml = new YamlSection(source, root, "an experiment");
        ExperimentValues.Read(yaml).PutInto(root);
        string title = yaml.Required("title").Trim();
        YamlSection settings = Settings(yaml, source);
        bool hasMatrix = settings.Has("matrix"), hasTrials = settings.Has("trials");
        Scenario scenario = ScenarioFile.ReadConditions(settings, source, NameOf(title), title, yaml.Required("description").Trim());
        settings.Finish();
        YamlSection? hypothesis = yaml.Section("steady-state-hypothesis");
        YamlSection[] probes = [.. hypothesis?.SectionsOrNone("probes") ?? []], method = [.. yaml.SectionsOrNone("method")], rollbacks = [.. yaml.SectionsOrNone("rollbacks")];
        var activities = new ActivitySection([.. probes, .. method, .. rollbacks]);
        if (method.Length == 0)
            throw yaml.Error("method", "nothing is done, so there is nothing to recover from. Write an action, such as one of the type containerchaos.");
        scenario = scenario with
        {
            Tags = [.. yaml.HasAny("tags") ? yaml.Texts("tags")!.Select(Word) : []],
            Experiment = json,
            // A container is as New-Container makes it, and an experiment is done once.
            Policies = hasMatrix ? scenario.Policies : [RestartPolicy.No],
            Init = hasMatrix ? scenario.Init : [false],
            Trials = hasTrials ? scenario.Trials : 1,
            Probes = [.. probes.SelectMany(activities.ReadHypothesis), .. scenario.Probes],
            Steps = [.. method.SelectMany(activities.ReadStep)],
            Rollbacks = [.. rollbacks.Select(activities.ReadRollback)],
        };
        hypothesis?.Text("title");
        foreach (YamlSection section in hypothesis is null ? (YamlSection[])[yaml] : [yaml, hypothesis])
            activities.IgnoreControls(section);
        hypothesis?.Finish();
        ReadRuntime(yaml.Section("runtime"));
        // They say something about the experiment, and change nothing of it.
        yaml.Accept("version", "contributions");
        yaml.Finish();
        ScenarioFile.Check(scenario, yaml, "method");
        return scenario with { Ignored = activities.Ignored };
    }

    private static YamlSection Settings(YamlSection yaml, string source)
    {
        foreach (YamlSection extension in yaml.SectionsOrNone("extensions"))
            if (extension.Text("name") == Extension)
                return extension;
        return new YamlSection(source, new YamlMappingNode(), Extension);
    }

    // The strategies that are ours anyway.
    private static void ReadRuntime(YamlSection? yaml)
    {
        if (yaml is null)
            return;
        if (yaml.Section("hypothesis") is { } hypothesis)
        {
            hypothesis.Choice("strategy", ("default", true));
            hypothesis.Finish();
        }

        if (yaml.Section("rollbacks") is { } rollbacks)
        {
            rollbacks.Choice("strategy", ("always", true), ("default", true));
            rollbacks.Finish();
        }

        yaml.Finish();
    }

    private static string NameOf(string title)
    {
        string name = Word(title);
        return name.Length == 0 ? "experiment" : name.Length <= LongestName ? name : name[..LongestName].TrimEnd('-');
    }

    private static string Word(string text) =>
        string.Join('-', string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
