using System.IO.Enumeration;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>A rule in force: it counts, and draws lots.</summary>
internal sealed class ActiveRule(CallRule rule)
{
    private readonly CallSet _calls = new(rule.Calls);
    private readonly Random _random = new(rule.Seed);
    private long _count;

    internal CallRule Rule => rule;

    /// <summary>Whether a call is meant.</summary>
    internal bool Applies(in InterceptedCall call)
    {
        if (_calls.NameOf(call) is not { } name)
            return false;
        if (rule.Path is { } wanted && !(FileSystemCalls.TryReadPath(name, call) is { } path && FileSystemName.MatchesSimpleExpression(wanted, path, ignoreCase: false)))
            return false;
        return ++_count % rule.Every == 0 && (rule.Share >= 1 || _random.NextDouble() < rule.Share);
    }
}
