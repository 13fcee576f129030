using System.Text.Json;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>The load of a trial as JSON: both latency series, the timeline, and every request.</summary>
internal static class LoadJson
{
    internal static void Write(Utf8JsonWriter json, LoadResult load, long origin)
    {
        json.WriteStartObject("load");
        json.WriteString("arrivals", load.Schedule.Pattern.Name);
        json.WriteNumber("rate", load.Schedule.Rate);
        json.WriteNumber("startNs", load.Schedule.Start - origin);
        json.WriteNumber("succeeded", load.Succeeded);
        json.WriteNumber("failed", load.Failed);
        json.WriteNumber("dropped", load.Dropped);
        json.WriteNumber("peakPending", load.PeakPending);
        json.WriteNumber("connections", load.Connections);
        json.WriteNumber("attempts", load.Attempts);
        json.WriteNumber("generatorCpuMs", load.ProcessorTime.TotalMilliseconds);
        json.WriteString("abortedBy", load.AbortedBy?.ToString());
        json.WriteStartArray("thresholds");
        foreach (ThresholdVerdict verdict in load.Thresholds)
        {
            json.WriteStartObject();
            json.WriteString("threshold", verdict.Threshold.Text);
            json.WriteNumber("worst", verdict.Worst);
            json.WriteBoolean("kept", verdict.IsKept);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Histogram(json, "correctedNs", load.Corrected);
        Histogram(json, "uncorrectedNs", load.Uncorrected);
        Histogram(json, "latenessNs", load.Lateness);

        LoadTimeline timeline = load.Timeline();
        json.WriteStartObject("timeline");
        json.WriteNumber("slotNs", LoadTimeline.SlotNanoseconds);
        json.WriteStartArray("succeeded");
        foreach (LoadTimeline.Slot slot in timeline.Slots)
            json.WriteNumberValue(slot.Succeeded);
        json.WriteEndArray();
        json.WriteStartArray("failed");
        foreach (LoadTimeline.Slot slot in timeline.Slots)
            json.WriteNumberValue(slot.Failed);
        json.WriteEndArray();
        json.WriteEndObject();

        json.WriteStartArray("outcomes");
        foreach (RequestOutcome outcome in Enum.GetValues<RequestOutcome>())
            json.WriteStringValue(outcome.ToString());
        json.WriteEndArray();
        // Columns: intended, sent, completed (microseconds from the origin), index into outcomes, status.
        json.WriteStartArray("samples");
        foreach (LoadSample s in load.Samples)
        {
            json.WriteStartArray();
            json.WriteNumberValue((s.Intended - origin) / 1000);
            json.WriteNumberValue((s.Sent - origin) / 1000);
            json.WriteNumberValue((s.Completed - origin) / 1000);
            json.WriteNumberValue((int)s.Outcome);
            json.WriteNumberValue(s.Status);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Histogram(Utf8JsonWriter json, string name, LogLinearHistogram histogram)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", histogram.Count);
        json.WriteNumber("min", histogram.Minimum);
        json.WriteNumber("mean", Math.Round(histogram.Mean));
        json.WriteNumber("p50", histogram.ValueAt(0.5));
        json.WriteNumber("p90", histogram.ValueAt(0.9));
        json.WriteNumber("p99", histogram.ValueAt(0.99));
        json.WriteNumber("p999", histogram.ValueAt(0.999));
        json.WriteNumber("max", histogram.Maximum);
        json.WriteStartArray("buckets");
        foreach ((long from, long count) in histogram.Buckets())
        {
            json.WriteStartArray();
            json.WriteNumberValue(from);
            json.WriteNumberValue(count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
