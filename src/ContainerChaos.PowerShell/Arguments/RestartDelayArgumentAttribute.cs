using System.Globalization;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>
/// A restart delay: <c>docker</c> (100 ms doubling to a minute), <c>none</c>, or a constant one as a time span,
/// as text such as <c>250ms</c>, or as a number of seconds.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RestartDelayArgumentAttribute : EngineArgumentAttribute
{
    private protected override bool ReadsUnits => true;

    private protected override object? Convert(object value) => value switch
    {
        string text => RestartDelay.Parse(text),
        TimeSpan span => RestartDelay.Parse(span.ToString("c", CultureInfo.InvariantCulture)),
        int or long or double or decimal => RestartDelay.Parse(string.Create(CultureInfo.InvariantCulture, $"{value}s")),
        _ => null,
    };
}
