using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>The environment of a container's first process, merged as Docker merges it: image first, then the container's own.</summary>
internal static class EnvironmentVariables
{
    /// <summary>Where commands are looked up when neither image nor container says so; Docker's default.</summary>
    public const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>What a terminal in a container is called when nobody says it; Docker's default, which every image's terminfo(5) has.</summary>
    public const string Terminal = "TERM=xterm";

    /// <summary>Checks one <c>NAME=value</c>.</summary>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static void Check(string variable, string? target)
    {
        if (variable.IndexOf('=') <= 0 || variable.Contains('\0'))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{variable}' is not an environment variable.", target, "Write NAME=value.");
    }

    /// <summary>Merges lists of <c>NAME=value</c>; a later one wins and keeps the place of the first.</summary>
    public static IReadOnlyList<string> Merge(params IEnumerable<string>[] layers)
    {
        var order = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in layers.SelectMany(layer => layer))
        {
            var name = variable[..variable.IndexOf('=')];
            if (!values.ContainsKey(name))
                order.Add(name);
            values[name] = variable;
        }

        return [.. order.Select(name => values[name])];
    }
}
