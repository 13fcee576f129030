using System.Collections;
using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace ContainerChaos.Scenarios;

/// <summary>Reads scenarios from tables of a program, with the keys of a file: the reader is the same.</summary>
public static class ScenarioTable
{
    private const string Name = "script-block";

    /// <summary>Reads a table. What it is called, <c>schema</c>, <c>name</c>, <c>title</c> and <c>description</c>, may be left out.</summary>
    /// <param name="table">Keys and values: texts, numbers, truths, further tables, and lists of these. One that stands where a list is due is a list of one.</param>
    /// <param name="unwrap">Makes a <see cref="ScenarioScript"/> of a value that is one, and takes away what the program has put around others.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="ScenarioFileException">The table has a mistake.</exception>
    public static Scenario Read(IDictionary table, Func<object, object> unwrap)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(unwrap);
        Dictionary<YamlNode, ScenarioScript> scripts = ByNode();
        var node = (YamlMappingNode)Convert(table, unwrap, scripts);
        foreach ((string key, string value) in (ReadOnlySpan<(string, string)>)[("schema", "1"), ("name", Name), ("title", Name), ("description", Name)])
            node.Children.TryAdd(new YamlScalarNode(key), new YamlScalarNode(value));
        return ScenarioFile.ReadScenario(new YamlSection(Name, node, "a scenario", scripts), Name);
    }

    /// <summary>Reads a table with the keys of the section <c>load</c> of a file.</summary>
    /// <param name="table">As for a scenario; files that it names are relative to the process's working directory.</param>
    /// <param name="unwrap">As for a scenario; a load has no place for scripts.</param>
    /// <param name="basis">What holds where the table says nothing.</param>
    /// <returns>The load.</returns>
    /// <exception cref="ScenarioFileException">The table has a mistake.</exception>
    public static ScenarioLoad ReadLoad(IDictionary table, Func<object, object> unwrap, ScenarioLoad basis)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(unwrap);
        ArgumentNullException.ThrowIfNull(basis);
        Dictionary<YamlNode, ScenarioScript> scripts = ByNode();
        return LoadSection.Read(new YamlSection("load", Convert(table, unwrap, scripts), "a load", scripts), basis, "load");
    }

    // By reference: two nodes with the same words are equal, and need not be the same script.
    private static Dictionary<YamlNode, ScenarioScript> ByNode() => new(ReferenceEqualityComparer.Instance);

    private static YamlNode Convert(object? value, Func<object, object> unwrap, Dictionary<YamlNode, ScenarioScript> scripts)
    {
        switch (value is null ? null : unwrap(value))
        {
            case null:
                return new YamlScalarNode("");
            case ScenarioScript script:
                var place = new YamlScalarNode(script.Text);
                scripts.Add(place, script);
                return place;
            case IDictionary table:
                return new YamlMappingNode(table.Cast<DictionaryEntry>().Select(entry =>
                    KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(entry.Key.ToString()), Convert(entry.Value, unwrap, scripts))));
            case bool truth:
                return new YamlScalarNode(truth ? "true" : "false");
            case string text:
                return new YamlScalarNode(text);
            case IEnumerable items:
                return new YamlSequenceNode(items.Cast<object?>().Select(item => Convert(item, unwrap, scripts)));
            case var other:
                return new YamlScalarNode(System.Convert.ToString(other, CultureInfo.InvariantCulture));
        }
    }
}
