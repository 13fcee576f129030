using System.Globalization;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>A container's promise to come back: the condition, and for on-failure how often at most.</summary>
/// <param name="Kind">When PID 1 is started again.</param>
/// <param name="MaximumRetryCount">With <see cref="RestartPolicyKind.OnFailure"/>, how many restarts at most; 0 means no limit.</param>
/// <remarks>Semantics: Docker's <c>--restart</c>.</remarks>
public sealed record RestartPolicy(RestartPolicyKind Kind, int MaximumRetryCount = 0)
{
    /// <summary>The policy <c>no</c>.</summary>
    public static RestartPolicy No { get; } = new(RestartPolicyKind.No);

    /// <summary>The policy <c>always</c>.</summary>
    public static RestartPolicy Always { get; } = new(RestartPolicyKind.Always);

    /// <summary>Reads <c>no</c>, <c>on-failure[:N]</c>, <c>always</c> or <c>unless-stopped</c>.</summary>
    /// <param name="text">The policy as Docker writes it; case does not matter.</param>
    /// <exception cref="ContainerException">The text is none of them (<see cref="ErrorReason.InvalidArgument"/>).</exception>
    public static RestartPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (name, count) = text.Split(':', 2) is [var head, var tail] ? (head, tail) : (text, null);
        var kind = name.ToLowerInvariant() switch
        {
            "no" => RestartPolicyKind.No,
            "on-failure" => RestartPolicyKind.OnFailure,
            "always" => RestartPolicyKind.Always,
            "unless-stopped" => RestartPolicyKind.UnlessStopped,
            _ => throw Invalid(text),
        };
        if (count is null)
            return new RestartPolicy(kind);
        if (kind != RestartPolicyKind.OnFailure
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var maximum))
            throw Invalid(text);
        return new RestartPolicy(kind, maximum);
    }

    /// <summary>The policy as Docker writes it.</summary>
    public override string ToString() => Kind switch
    {
        RestartPolicyKind.No => "no",
        RestartPolicyKind.OnFailure => MaximumRetryCount > 0
            ? string.Create(CultureInfo.InvariantCulture, $"on-failure:{MaximumRetryCount}")
            : "on-failure",
        RestartPolicyKind.Always => "always",
        _ => "unless-stopped",
    };

    private static ContainerException Invalid(string text) =>
        new(ErrorReason.InvalidArgument, $"'{text}' is not a restart policy.", text)
        {
            Remedy = "Use no, on-failure, on-failure:N, always or unless-stopped.",
        };
}
