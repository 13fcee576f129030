using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>
/// The result of a game day on its way from another machine: compressed JSON, read by the version that wrote it and by no other. The scenarios are not in it, since
/// who reads it has sent them.
/// </summary>
internal sealed record GameDayParcel
{
    private static readonly JsonSerializerOptions s_json = new() { IgnoreReadOnlyProperties = true, Converters = { new SeenValueConverter() } };

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public required int Seed { get; init; }

    public required RunEnvironment Environment { get; init; }

    /// <summary>Of each scenario that was run, in their order.</summary>
    public required IReadOnlyList<Chapter> Chapters { get; init; }

    public required IReadOnlyList<Trial> Trials { get; init; }

    public required IReadOnlyList<FaultRecord> OpenFaults { get; init; }

    public required int FaultsUndone { get; init; }

    internal static byte[] Pack(GameDayResult result)
    {
        ScenarioReport report = result.Report;
        var parcel = new GameDayParcel
        {
            StartedAt = report.StartedAt,
            Duration = report.Duration,
            Seed = report.Seed,
            Environment = report.Environment,
            Chapters = [.. result.Chapters.Select(chapter => new Chapter(chapter.Held == true, chapter.Rows ?? []))],
            Trials = [.. report.Trials.Select(trial => new Trial(trial with { Load = null }, trial.Load is { } load ? PackedLoad.Of(load) : null))],
            OpenFaults = report.OpenFaults,
            FaultsUndone = report.FaultsUndone,
        };
        using var stream = new MemoryStream();
        using (var compressed = new BrotliStream(stream, CompressionLevel.Fastest))
            JsonSerializer.Serialize(compressed, parcel, s_json);
        return stream.ToArray();
    }

    internal static GameDayResult Unpack(byte[] packed, IReadOnlyList<Scenario> scenarios)
    {
        using var stream = new MemoryStream(packed);
        using var plain = new BrotliStream(stream, CompressionMode.Decompress);
        GameDayParcel parcel;
        try
        {
            parcel = JsonSerializer.Deserialize<GameDayParcel>(plain, s_json) ?? throw new InvalidDataException("The parcel is empty.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"This is no result of a game day of this version: {e.Message}", e);
        }

        if (parcel.Chapters.Count > scenarios.Count)
            throw new InvalidDataException($"The result has {parcel.Chapters.Count} scenarios, and {scenarios.Count} were to be run.");
        Scenario[] run = [.. scenarios.Take(parcel.Chapters.Count)];
        return GameDayResult.Of(
            [.. parcel.Chapters.Select((chapter, i) => new GameDayChapter { Number = i + 1, Of = scenarios.Count, Scenario = run[i], Rows = chapter.Rows, Held = chapter.Held })],
            scenarios,
            new ScenarioReport
            {
                StartedAt = parcel.StartedAt,
                Duration = parcel.Duration,
                Seed = parcel.Seed,
                Environment = parcel.Environment,
                Scenarios = run,
                Rows = parcel.Chapters.SelectMany(chapter => chapter.Rows).ToArray(),
                Trials = parcel.Trials.Select(trial => trial.Unpack(run)).ToArray(),
                OpenFaults = parcel.OpenFaults,
                FaultsUndone = parcel.FaultsUndone,
            });
    }

    internal sealed record Chapter(bool Held, IReadOnlyList<ScenarioRow> Rows);

    internal sealed record Trial(TrialResult Result, PackedLoad? Load)
    {
        internal TrialResult Unpack(Scenario[] scenarios)
        {
            if (Load is null)
                return Result;
            Scenario scenario = scenarios.First(s => s.Name == Result.Scenario);
            ScenarioLoad load = scenario.Variants.FirstOrDefault(v => v.Name == Result.Variant)?.Load ?? scenario.Load;
            return Result with { Load = Load.Unpack(load.Arrivals) };
        }
    }

    /// <summary>What a probe saw is a number or a text (<see cref="ProbeResult.Values"/>).</summary>
    private sealed class SeenValueConverter : JsonConverter<object>
    {
        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : reader.GetString();

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
        {
            if (value is double number)
                writer.WriteNumberValue(number);
            else
                writer.WriteStringValue((string)value);
        }
    }
}
