using System.Text.Json;
using System.Text.RegularExpressions;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Applies lines of a Dockerfile to an image's configuration, as <c>docker commit --change</c> does.</summary>
internal static partial class ImageChange
{
    private const string Known = "CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR";

    /// <exception cref="ContainerException">InvalidArgument: it is none of those instructions, or malformed.</exception>
    public static void Apply(OciContainerConfig config, string change)
    {
        var parts = change.Trim().Split((char[])[' ', '\t'], 2, StringSplitOptions.TrimEntries);
        var (instruction, text) = (parts[0].ToUpperInvariant(), parts.Length > 1 ? parts[1] : "");
        if (text.Length == 0)
            throw Invalid(change, "has no argument");
        switch (instruction)
        {
            case "CMD":
                config.Cmd = Command(text);
                break;
            case "ENTRYPOINT":
                config.Entrypoint = Command(text);
                // As in a Dockerfile: the former command belonged to the former entrypoint.
                config.Cmd = null;
                break;
            case "ENV":
                config.Env = EnvironmentVariables.Merge(config.Env ?? [], Pairs(change, text).Select(pair => $"{pair.Key}={pair.Value}"));
                break;
            case "LABEL":
                config.Labels ??= new SortedDictionary<string, string>(StringComparer.Ordinal);
                foreach (var (key, value) in Pairs(change, text))
                    config.Labels[key] = value;
                break;
            case "EXPOSE":
                config.ExposedPorts = Add(config.ExposedPorts, text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(port => Port(change, port)));
                break;
            case "VOLUME":
                config.Volumes = Add(config.Volumes, text[0] == '[' ? Command(text) : text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                break;
            case "USER":
                config.User = text;
                break;
            case "WORKDIR":
                config.WorkingDir = text[0] == '/' ? text : (config.WorkingDir is { Length: > 0 } current ? current.TrimEnd('/') : "") + "/" + text;
                break;
            case "STOPSIGNAL":
                SignalArgument.Parse(text, change);
                config.StopSignal = text;
                break;
            case "ONBUILD":
                config.OnBuild = [.. config.OnBuild ?? [], text];
                break;
            case "HEALTHCHECK":
                config.Healthcheck = Healthcheck(change, text);
                break;
            default:
                throw Invalid(change, $"is none of {Known}");
        }
    }

    /// <summary>The form of a JSON array, or a line for the shell.</summary>
    private static IReadOnlyList<string> Command(string text)
    {
        if (text[0] == '[')
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                return [.. document.RootElement.EnumerateArray().Select(element => element.GetString() ?? "")];
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // Then it is a line that begins with a bracket, as Docker takes it.
            }
        }

        return ["/bin/sh", "-c", text];
    }

    /// <summary><c>NAME=value OTHER="two words"</c>, or the old <c>NAME the rest</c>.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Pairs(string change, string text)
    {
        var first = text.Split(' ', 2);
        if (!first[0].Contains('='))
        {
            if (first.Length == 1)
                throw Invalid(change, "has a name and no value");
            return [KeyValuePair.Create(first[0], first[1].Trim())];
        }

        var matches = Pair().Matches(text);
        if (matches.Count == 0 || Pair().Replace(text, "").Trim().Length > 0)
            throw Invalid(change, "is not of the form NAME=value");
        return matches.Select(match => KeyValuePair.Create(Unquote(match.Groups["key"].Value), Unquote(match.Groups["value"].Value)));
    }

    private static string Unquote(string text) => Escape().Replace(
        text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text, match => match.Groups[1].Value);

    private static string Port(string change, string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 2 || !ushort.TryParse(parts[0], out _) || (parts.Length == 2 && parts[1] is not ("tcp" or "udp" or "sctp")))
            throw Invalid(change, $"has '{text}', which is no port");
        return parts.Length == 2 ? text : text + "/tcp";
    }

    private static SortedDictionary<string, JsonElement> Add(SortedDictionary<string, JsonElement>? set, IEnumerable<string> names)
    {
        set ??= new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        using var nothing = JsonDocument.Parse("{}");
        foreach (var name in names)
            set[name] = nothing.RootElement.Clone();
        return set;
    }

    private static OciHealthcheck Healthcheck(string change, string text)
    {
        if (text.Equals("NONE", StringComparison.OrdinalIgnoreCase))
            return new OciHealthcheck { Test = ["NONE"] };
        var check = new OciHealthcheck();
        while (Option().Match(text) is { Success: true } option)
        {
            var (name, value) = (option.Groups["name"].Value, option.Groups["value"].Value);
            var isKnown = name switch
            {
                "interval" => (check.Interval = Nanoseconds(value)) > 0,
                "timeout" => (check.Timeout = Nanoseconds(value)) > 0,
                "start-period" => (check.StartPeriod = Nanoseconds(value)) > 0,
                "start-interval" => (check.StartInterval = Nanoseconds(value)) > 0,
                "retries" => int.TryParse(value, out var retries) && (check.Retries = retries) > 0,
                _ => false,
            };
            if (!isKnown)
                throw Invalid(change, $"has the option '{option.Value.Trim()}', which is none");
            text = text[option.Length..];
        }

        if (!text.StartsWith("CMD ", StringComparison.OrdinalIgnoreCase) || text[4..].Trim() is not { Length: > 0 } command)
            throw Invalid(change, "is neither NONE nor CMD with a command");
        check.Test = Command(command) is ["/bin/sh", "-c", var line] && line == command ? ["CMD-SHELL", line] : ["CMD", .. Command(command)];
        return check;
    }

    private static long Nanoseconds(string text)
    {
        var match = Duration().Match(text);
        if (!match.Success)
            return 0;
        var factor = match.Groups["unit"].Value switch { "ms" => 1e6, "s" => 1e9, "m" => 60e9, _ => 3600e9 };
        return (long)(double.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture) * factor);
    }

    private static ContainerException Invalid(string change, string problem) =>
        new(ErrorReason.InvalidArgument, $"The change '{change}' {problem}.", change) { Remedy = $"Write a line of a Dockerfile: {Known}, such as 'CMD [\"/bin/app\"]'." };

    [GeneratedRegex("""(?<key>"(?:[^"\\]|\\.)*"|[^\s="']+)=(?<value>"(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s"'\\]|\\.)*)(?=\s|\z)""")]
    private static partial Regex Pair();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escape();

    [GeneratedRegex(@"\A--(?<name>[a-z-]+)=(?<value>\S+)\s*")]
    private static partial Regex Option();

    [GeneratedRegex(@"\A(?<number>[0-9]+(?:\.[0-9]+)?)(?<unit>ms|s|m|h)\z")]
    private static partial Regex Duration();
}
