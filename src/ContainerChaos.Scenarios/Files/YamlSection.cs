using System.Globalization;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using YamlDotNet.RepresentationModel;

namespace ContainerChaos.Scenarios;

/// <summary>A mapping of a scenario file whose keys are all accounted for: one that nobody asked for is an error at its place.</summary>
internal sealed class YamlSection
{
    private readonly string _file;
    private readonly YamlMappingNode _node;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private readonly IReadOnlyDictionary<YamlNode, ScenarioScript>? _scripts;

    /// <param name="file">What errors call it.</param>
    /// <param name="node">The mapping.</param>
    /// <param name="what">What it is.</param>
    /// <param name="scripts">What stands for words in a program's table; null for a file.</param>
    internal YamlSection(string file, YamlNode node, string what, IReadOnlyDictionary<YamlNode, ScenarioScript>? scripts = null)
    {
        _file = file;
        _scripts = scripts;
        _node = node as YamlMappingNode ?? throw Error(file, node, $"{what} must be a mapping of keys to values.");
    }

    /// <summary>Throws when the file has keys that were never asked for.</summary>
    internal void Finish()
    {
        foreach (YamlNode key in _node.Children.Keys)
        {
            string name = (key as YamlScalarNode)?.Value ?? key.ToString();
            if (!_known.Contains(name))
                throw Error(_file, key, $"unknown key '{name}'; here may stand {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
        }
    }

    internal bool Has(string key) => Node(key) is not null;

    /// <summary>Whether there is a list, or a mapping, of at least one.</summary>
    internal bool HasAny(string key) => Node(key) is YamlSequenceNode { Children.Count: > 0 } or YamlMappingNode { Children.Count: > 0 };

    /// <summary>Keys whose values are of no account.</summary>
    internal void Accept(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            _known.Add(key);
    }

    /// <summary>All of its keys.</summary>
    internal IEnumerable<string> Keys => _node.Children.Keys.Select(key => (key as YamlScalarNode)?.Value ?? key.ToString());

    /// <summary>A value as it was written; null for a list, a mapping, or nothing.</summary>
    internal YamlScalarNode? Literal(string key) => Node(key) as YamlScalarNode;

    /// <summary>A list whose entries may be anything; null for what is none.</summary>
    internal IList<YamlNode>? List(string key) => (Node(key) as YamlSequenceNode)?.Children;

    /// <summary>A value as JSON.</summary>
    internal string? Json(string key) => Node(key) is { } node ? ExperimentJson.Write(node) : null;

    internal YamlSection RequiredSection(string key) => Section(key) ?? throw Error(_file, _node, $"the key '{key}' is missing.");

    internal string Required(string key) =>
        Text(key) ?? throw Error(_file, _node, $"the key '{key}' is missing.");

    internal string? Text(string key) => Node(key) is { } node ? Scalar(node, key) : null;

    internal double Number(string key, double fallback, double minimum, double maximum)
    {
        if (Node(key) is not { } node)
            return fallback;
        string text = Scalar(node, key);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= minimum && value <= maximum
            ? value
            : throw Error(_file, node, $"{key}: '{text}' is not a number from {minimum:N0} to {maximum:N0}.");
    }

    internal int? Integer(string key, int minimum, int maximum)
    {
        if (Node(key) is not { } node)
            return null;
        string text = Scalar(node, key);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= minimum && value <= maximum
            ? value
            : throw Error(_file, node, $"{key}: '{text}' is not a whole number from {minimum:N0} to {maximum:N0}.");
    }

    internal TimeSpan? Duration(string key)
    {
        if (Node(key) is not { } node)
            return null;
        string text = Scalar(node, key);
        return DurationText.TryParse(text, out TimeSpan duration) && duration <= TimeSpan.FromDays(1)
            ? duration
            : throw Error(_file, node, $"{key}: '{text}' is not a duration; write 250ms, 1.5s or 2m.");
    }

    /// <summary>A time as a number of seconds.</summary>
    internal TimeSpan? Seconds(string key) => Has(key) ? TimeSpan.FromSeconds(Number(key, 0, 0, 86_400)) : null;

    internal long? Size(string key)
    {
        if (Node(key) is not { } node)
            return null;
        string text = Scalar(node, key);
        return ByteSize.TryParse(text, out long bytes) ? bytes : throw Error(_file, node, $"{key}: '{text}' is not a size; write 64m or 64MB.");
    }

    internal T? Choice<T>(string key, params (string Name, T Value)[] choices)
        where T : struct
    {
        if (Node(key) is not { } node)
            return null;
        string text = Scalar(node, key);
        foreach ((string name, T value) in choices)
            if (name == text)
                return value;
        throw Error(_file, node, $"{key}: '{text}' is none of {string.Join(", ", choices.Select(c => c.Name))}.");
    }

    /// <summary>The script in the place of a word; null for a word, or nothing.</summary>
    internal ScenarioScript? Script(string key) => Node(key) is { } node ? _scripts?.GetValueOrDefault(node) : null;

    internal IReadOnlyList<string>? Texts(string key) => Items(key)?.Select(n => Scalar(n, key)).ToArray();

    internal IReadOnlyList<RestartPolicy>? Policies(string key) => Parsed(key, RestartPolicy.Parse);

    /// <summary>A list of texts that a parser reads, which throws <see cref="FormatException"/> or <see cref="ContainerException"/>.</summary>
    internal IReadOnlyList<T>? Parsed<T>(string key, Func<string, T> parse) => Items(key)?.Select(n => Wrap(n, key, parse)).ToArray();

    internal IReadOnlyList<bool>? Booleans(string key) => Items(key)?.Select(n => Boolean(n, key)).ToArray();

    internal bool? Boolean(string key) => Node(key) is { } node ? Boolean(node, key) : null;

    internal RestartDelay? Delay(string key) => Node(key) is { } node ? Wrap(node, key, RestartDelay.Parse) : null;

    /// <summary>A mapping of names to texts.</summary>
    internal IReadOnlyDictionary<string, string>? Pairs(string key) => Node(key) is { } node
        ? (node as YamlMappingNode ?? throw Error(_file, node, $"{key} must be a mapping of names to texts.")).Children.ToDictionary(pair => Scalar(pair.Key, key), pair => Scalar(pair.Value, key))
        : null;

    internal YamlSection? Section(string key) => Node(key) is { } node ? new YamlSection(_file, node, key, _scripts) : null;

    internal IReadOnlyList<YamlSection> Sections(string key) =>
        Items(key)?.Select(n => new YamlSection(_file, n, key, _scripts)).ToArray() ?? [];

    /// <summary>The same of what may be an empty list.</summary>
    internal IReadOnlyList<YamlSection> SectionsOrNone(string key) => HasAny(key) ? Sections(key) : [];

    internal ScenarioFileException Error(string problem) => Error(_file, _node, problem);

    internal ScenarioFileException Error(string key, string problem) => Error(_file, Node(key) ?? _node, $"{key}: {problem}");

    // A table of a program has no places.
    private ScenarioFileException Error(string file, YamlNode node, string problem, Exception? inner = null) =>
        new(file, _scripts is null ? node.Start.Line : 0, _scripts is null ? node.Start.Column : 0, problem, inner);

    private YamlNode? Node(string key)
    {
        _known.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) ? node : null;
    }

    private YamlNode[]? Items(string key) => Node(key) switch
    {
        null => null,
        YamlSequenceNode { Children.Count: > 0 } sequence => [.. sequence.Children],
        // A program makes no difference between one and a list of one; a file has places.
        { } only and not YamlSequenceNode when _scripts is not null => [only],
        { } other => throw Error(_file, other, $"{key} must be a list with at least one entry."),
    };

    private string Scalar(YamlNode node, string key) =>
        node is YamlScalarNode { Value: { Length: > 0 } value } ? value : throw Error(_file, node, $"{key} must have a value.");

    private bool Boolean(YamlNode node, string key) => Scalar(node, key) switch
    {
        "true" or "yes" => true,
        "false" or "no" => false,
        var other => throw Error(_file, node, $"{key}: '{other}' is neither true nor false."),
    };

    private T Wrap<T>(YamlNode node, string key, Func<string, T> parse)
    {
        try
        {
            return parse(Scalar(node, key));
        }
        catch (ContainerException e)
        {
            throw Error(_file, node, $"{key}: {e.Message} {e.Remedy}", e);
        }
        catch (FormatException e)
        {
            throw Error(_file, node, $"{key}: {e.Message}", e);
        }
    }
}
