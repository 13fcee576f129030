namespace ContainerChaos.Runtime;

/// <summary>A field of a specification, named by its path: <c>linux.namespaces[2].type</c>.</summary>
internal readonly record struct SpecField(string Path)
{
    internal SpecField this[string name] => new(Path.Length == 0 ? name : $"{Path}.{name}");

    internal SpecField this[int index] => new($"{Path}[{index}]");

    /// <summary>The error that the field's value is; the sentence has no full stop.</summary>
    internal ContainerException Invalid(string why) => new(ErrorReason.InvalidArgument, $"{Path}: {why}.", Path);

    /// <summary>The error that this host can't do what the field asks for.</summary>
    internal ContainerException NotSupported(string why, string? remedy = null) =>
        new(ErrorReason.NotSupported, $"{Path}: {why}.", Path) { Remedy = remedy };

    /// <summary>A value that must be one of a set.</summary>
    internal void RequireOneOf(string? value, ReadOnlySpan<string> known, string what = "value")
    {
        if (string.IsNullOrEmpty(value))
            throw Invalid($"it is missing; it is one of {string.Join(", ", known)}");
        if (!known.Contains(value))
            throw Invalid($"'{value}' is no known {what}; it is one of {string.Join(", ", known)}");
    }

    /// <summary>A path that must be absolute.</summary>
    internal void RequireAbsolute(string? path)
    {
        if (string.IsNullOrEmpty(path))
            throw Invalid("it is missing");
        if (path[0] != '/')
            throw Invalid($"'{path}' is not an absolute path");
    }

    /// <summary>A number that must lie between two others.</summary>
    internal void RequireBetween(long value, long least, long most)
    {
        if (value < least || value > most)
            throw Invalid($"{value} is not between {least} and {most}");
    }

    /// <summary>The items of a list, none of which may be null.</summary>
    internal IEnumerable<(T Item, SpecField Field)> Items<T>(IReadOnlyList<T> list)
        where T : class
    {
        for (var i = 0; i < list.Count; i++)
            yield return (list[i] ?? throw this[i].Invalid("it is null"), this[i]);
    }

    /// <summary>The entries of an object, none of which may be null.</summary>
    internal IEnumerable<(string Key, T Value, SpecField Field)> Entries<T>(IReadOnlyDictionary<string, T>? entries)
        where T : class
    {
        foreach (var (key, value) in entries ?? new Dictionary<string, T>())
        {
            if (key.Length == 0)
                throw Invalid("an empty key");
            yield return (key, value ?? throw this[key].Invalid("it is null"), this[key]);
        }
    }

    /// <summary>A list of texts, none of which may be null.</summary>
    internal void RequireTexts(IReadOnlyList<string> list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is null)
                throw this[i].Invalid("it is null");
        }
    }

    public override string ToString() => Path;
}
