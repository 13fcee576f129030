using System.Globalization;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>A resource limit of processes, as Docker's <c>--ulimit</c> writes it: <c>nofile=1024:2048</c>.</summary>
public static class UlimitArgument
{
    private const string Remedy = "Write NAME=SOFT:HARD, or NAME=BOTH, with -1 for no limit; names are those of getrlimit(2) in small letters, such as nofile, nproc, core, memlock, stack.";

    private static readonly string[] s_names =
    [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
    ];

    /// <summary>The names that there are.</summary>
    public static IReadOnlyList<string> Names => s_names;

    /// <summary>Reads limits; of two with one name the later wins.</summary>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    internal static IReadOnlyList<RlimitSpec> Parse(IEnumerable<string> texts, string target)
    {
        var limits = new Dictionary<string, RlimitSpec>();
        foreach (var text in texts)
        {
            var limit = Parse(text, target);
            limits[limit.Type] = limit;
        }
        return [.. limits.Values];
    }

    private static RlimitSpec Parse(string text, string target)
    {
        if (text.Split('=', 2) is not [var name, var values])
            throw EngineErrors.Option("Ulimit", text, "has no value", target, Remedy);
        if (!s_names.Contains(name))
            throw EngineErrors.Option("Ulimit", text, $"names no resource limit: '{name}'", target, Remedy);
        var parts = values.Split(':');
        if (parts.Length > 2)
            throw EngineErrors.Option("Ulimit", text, "has more than two values", target, Remedy);
        var soft = Number(parts[0]);
        var hard = Number(parts[^1]);
        if (soft > hard)
            throw EngineErrors.Option("Ulimit", text, "has a soft limit that is above the hard one", target, Remedy);
        return new RlimitSpec { Type = "RLIMIT_" + name.ToUpperInvariant(), Soft = soft, Hard = hard };

        ulong Number(string number) => number is "-1" or "unlimited" ? ulong.MaxValue
            : ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw EngineErrors.Option("Ulimit", text, $"has a value that is no number: '{number}'", target, Remedy);
    }
}
