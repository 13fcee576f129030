namespace ContainerChaos.PowerShell;

/// <summary>Seconds: a number, a time span, or text with a unit such as <c>500ms</c> or <c>1m30s</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsArgumentAttribute : EngineArgumentAttribute
{
    private protected override bool ReadsUnits => true;

    private protected override object? Convert(object value) => value switch
    {
        TimeSpan span => span.TotalSeconds,
        string text => DurationArgumentAttribute.Parse(text.Trim())?.TotalSeconds,
        _ => null,
    };
}
