namespace ContainerChaos.PowerShell;

/// <summary>Seconds, as a number or as a time span.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsArgumentAttribute : EngineArgumentAttribute
{
    private protected override object? Convert(object value) => value is TimeSpan span ? span.TotalSeconds : null;
}
