using System.Globalization;
using System.Text;

namespace ContainerChaos.Runtime;

/// <summary>
/// Writes what the commands keep and print as JSON. The serializer builds its metadata anew in every process, which cost a
/// container's start more than anything else that the runtime itself does (docs/decisions/0032).
/// </summary>
public sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private readonly bool _indented;
    private int _depth;
    private bool _isEmpty = true;

    /// <summary>Begins an empty text.</summary>
    /// <param name="indented">Whether each property gets a line; otherwise all is one line.</param>
    public JsonText(bool indented) => _indented = indented;

    /// <summary>What was written, in UTF-8.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString());

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Writes an object, as a value or, with a name, as a property.</summary>
    public JsonText Object(Action<JsonText> properties, string? name = null) => Block('{', properties, '}', name);

    /// <summary>Writes a list.</summary>
    public JsonText List(Action<JsonText> items, string? name = null) => Block('[', items, ']', name);

    /// <summary>Writes a string; a property that is null is left out.</summary>
    public JsonText Add(string? name, string? value)
    {
        if (value is null)
            return this;
        Begin(name);
        Quote(value);
        return this;
    }

    /// <summary>Writes a number.</summary>
    public JsonText Add(string? name, long value) => Literal(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a number.</summary>
    public JsonText Add(string? name, ulong value) => Literal(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes true or false.</summary>
    public JsonText Add(string? name, bool value) => Literal(name, value ? "true" : "false");

    /// <summary>Writes a number.</summary>
    public JsonText Add(string? name, double value) => Literal(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Writes a number; a property that is null is left out.</summary>
    public JsonText Add(string? name, long? value) => value is { } number ? Add(name, number) : this;

    /// <summary>Writes a number; a property that is null is left out.</summary>
    public JsonText Add(string? name, double? value) => value is { } number ? Add(name, number) : this;

    /// <summary>Writes a span of time as <c>[d.]hh:mm:ss[.fffffff]</c>.</summary>
    public JsonText Add(string? name, TimeSpan value) => Add(name, value.ToString("c", CultureInfo.InvariantCulture));

    /// <summary>Writes a property whose value is JSON already.</summary>
    public JsonText AddJson(string name, string json) => Literal(name, json);

    /// <summary>Writes a list of strings.</summary>
    public JsonText Add(string name, IEnumerable<string> values) => List(
        list =>
        {
            foreach (var value in values)
                list.Add(null, value);
        },
        name);

    /// <summary>Writes an object whose values are strings.</summary>
    public JsonText Add(string name, IReadOnlyDictionary<string, string> values) => Object(
        json =>
        {
            foreach (var (key, value) in values)
                json.Add(key, value);
        },
        name);

    /// <summary>Writes a list of objects.</summary>
    /// <param name="name">The property's name.</param>
    /// <param name="values">The objects.</param>
    /// <param name="write">Writes the properties of one.</param>
    public JsonText AddEach<T>(string name, IEnumerable<T> values, Action<JsonText, T> write) => List(
        list =>
        {
            foreach (var value in values)
                list.Object(json => write(json, value));
        },
        name);

    /// <summary>Writes an object; a property that is null is left out.</summary>
    /// <param name="name">The property's name.</param>
    /// <param name="value">The object.</param>
    /// <param name="write">Writes its properties.</param>
    public JsonText AddObject<T>(string name, T? value, Action<JsonText, T> write)
        where T : class => value is null ? this : Object(json => write(json, value), name);

    /// <summary>Writes a time as RFC 3339 has it.</summary>
    public JsonText Add(string? name, DateTimeOffset? value) =>
        Add(name, value?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));

    private JsonText Literal(string? name, string value)
    {
        Begin(name);
        _text.Append(value);
        return this;
    }

    private JsonText Block(char open, Action<JsonText> content, char close, string? name)
    {
        Begin(name);
        _text.Append(open);
        _depth++;
        _isEmpty = true;
        content(this);
        _depth--;
        if (!_isEmpty)
            NewLine();
        _isEmpty = false;
        _text.Append(close);
        return this;
    }

    private void Begin(string? name)
    {
        if (!_isEmpty)
            _text.Append(',');
        if (_depth > 0)
            NewLine();
        _isEmpty = false;
        if (name is null)
            return;
        Quote(name);
        _text.Append(_indented ? ": " : ":");
    }

    private void NewLine()
    {
        if (_indented)
            _text.Append('\n').Append(' ', 2 * _depth);
    }

    private void Quote(string text)
    {
        _text.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => _text.Append('\\').Append(c),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                < ' ' or '\x7f' => _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => _text.Append(c),
            };
        }
        _text.Append('"');
    }
}
