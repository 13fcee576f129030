using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>A restart policy: <c>no</c>, <c>on-failure[:N]</c>, <c>always</c> or <c>unless-stopped</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RestartPolicyArgumentAttribute : EngineArgumentAttribute
{
    private protected override object? Convert(object value) => value switch
    {
        string text => RestartPolicy.Parse(text),
        IEnumerable<object> several => several.Select(one => Convert(one) ?? one).Cast<RestartPolicy>().ToArray(),
        _ => null,
    };
}
