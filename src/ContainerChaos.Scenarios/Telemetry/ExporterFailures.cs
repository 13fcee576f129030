using System.Diagnostics.Tracing;

namespace ContainerChaos.Scenarios.Telemetry;

/// <summary>Hears what the exporter keeps to itself: it never throws, and says only in its own event source that nothing arrived.</summary>
internal sealed class ExporterFailures : EventListener
{
    private volatile string? _first;

    /// <summary>The first failure; null when there was none.</summary>
    internal string? First => _first;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol")
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // Its messages hold a whole exception with its stack; the first line says what happened.
        string text = string.Join(": ", (eventData.Payload ?? []).OfType<string>().Select(part => part.Split('\n')[0].Trim()).Where(part => part.Length > 0));
        _first ??= text.Length > 0 ? text : eventData.EventName;
    }
}
