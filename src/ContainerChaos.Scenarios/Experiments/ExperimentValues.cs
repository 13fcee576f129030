using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ContainerChaos.Scenarios;

/// <summary>The <c>configuration</c> and the <c>secrets</c> of an experiment, and the places that name them: <c>${name}</c>.</summary>
internal sealed partial class ExperimentValues
{
    private readonly Dictionary<string, (string Text, ScalarStyle Style)> _values = new(StringComparer.Ordinal);

    internal static ExperimentValues Read(YamlSection yaml)
    {
        var values = new ExperimentValues();
        // The configuration comes first, as in the toolkit.
        if (yaml.Section("configuration") is { } configuration)
            values.Add(configuration);
        if (yaml.Section("secrets") is { } secrets)
            foreach (string group in secrets.Keys)
                values.Add(secrets.Section(group)!);
        return values;
    }

    /// <summary>Puts the values into the texts that name them, where these stand: mistakes are still told at their places. What is named and not known is left, for whom it is meant: a shell.</summary>
    internal void PutInto(YamlMappingNode root)
    {
        foreach ((YamlNode key, YamlNode value) in root.Children)
            if ((key as YamlScalarNode)?.Value is not ("configuration" or "secrets"))
                foreach (YamlScalarNode text in value.AllNodes.OfType<YamlScalarNode>())
                    PutInto(text);
    }

    private void PutInto(YamlScalarNode text)
    {
        string before = text.Value ?? "";
        if (!before.Contains("${", StringComparison.Ordinal))
            return;
        // A value that is all of a text keeps its type.
        if (Pattern().Match(before) is { Success: true } only && only.Length == before.Length && _values.TryGetValue(only.Groups[1].Value, out (string Text, ScalarStyle Style) whole))
            (text.Value, text.Style) = whole;
        else
            text.Value = Pattern().Replace(before, match => _values.TryGetValue(match.Groups[1].Value, out (string Text, ScalarStyle Style) value) ? value.Text : match.Value);
    }

    private void Add(YamlSection yaml)
    {
        foreach (string name in yaml.Keys)
            _values.TryAdd(name, yaml.Literal(name) is { } literal ? (literal.Value ?? "", literal.Style) : Variable(yaml.Section(name)!));
    }

    private static (string Text, ScalarStyle Style) Variable(YamlSection yaml)
    {
        if (yaml.Text("type") is not "env")
            throw yaml.Error("type", "only texts, numbers, truths and 'type: env' are read here: neither a vault nor a probe is asked. Put the value into an environment variable.");
        string key = yaml.Required("key");
        YamlScalarNode? fallback = yaml.Has("default") ? yaml.Literal("default") : null;
        ScalarStyle style = yaml.Choice("env_var_type", ("str", ScalarStyle.DoubleQuoted), ("int", ScalarStyle.Plain), ("float", ScalarStyle.Plain), ("bool", ScalarStyle.Plain)) ?? ScalarStyle.DoubleQuoted;
        yaml.Finish();
        return Environment.GetEnvironmentVariable(key) is { } value ? (value, style)
            : fallback is not null ? (fallback.Value ?? "", fallback.Style)
            : throw yaml.Error("key", $"the environment variable {key} is not set, and there is no 'default'.");
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_-]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
