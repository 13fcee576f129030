using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace ContainerChaos.Scenarios;

/// <summary>The results of all runs on this machine, in an SQLite file that several runs may write at the same time.</summary>
/// <param name="path">The file; made by the first <see cref="Add"/>.</param>
public sealed class ResultHistory(string path)
{
    private const int SchemaVersion = 1;

    // A run's row in full is text: what one asks for by are columns.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS run (
            id INTEGER PRIMARY KEY,
            started_at TEXT NOT NULL,
            seed INTEGER NOT NULL,
            environment TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS result (
            run INTEGER NOT NULL REFERENCES run(id),
            scenario TEXT NOT NULL,
            variant TEXT NOT NULL,
            policy TEXT NOT NULL,
            init INTEGER NOT NULL,
            crash TEXT NOT NULL,
            p50_ms REAL,
            row TEXT NOT NULL,
            PRIMARY KEY (scenario, variant, policy, init, crash, run)) WITHOUT ROWID;
        """;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>The history beside an engine's containers: <c>history.db</c> in its data directory.</summary>
    /// <param name="options">The engine's options.</param>
    /// <returns>The history.</returns>
    public static ResultHistory Of(Engine.EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(System.IO.Path.Combine(options.DataRoot, "history.db"));
    }

    /// <summary>Records a run, whole or not at all.</summary>
    /// <param name="report">The run; of one on several machines the part of one, see <see cref="ScenarioReport.ByHost"/>.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="IOException">The file cannot be written, or is no history of this version.</exception>
    public long Add(ScenarioReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Guarded("written", () =>
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
            using SqliteConnection connection = Open(SqliteOpenMode.ReadWriteCreate);
            using SqliteTransaction transaction = connection.BeginTransaction();
            CheckVersion(connection);
            Command(connection, string.Create(CultureInfo.InvariantCulture, $"{Schema} PRAGMA user_version = {SchemaVersion};")).ExecuteNonQuery();
            long run = (long)Command(
                connection, "INSERT INTO run (started_at, seed, environment) VALUES ($started, $seed, $environment) RETURNING id",
                ("$started", Moment(report.StartedAt)), ("$seed", report.Seed), ("$environment", JsonSerializer.Serialize(report.Environment, s_json)))
                .ExecuteScalar()!;
            foreach (ScenarioRow row in report.Rows)
            {
                Command(
                    connection, "INSERT INTO result VALUES ($run, $scenario, $variant, $policy, $init, $crash, $p50, $row)",
                    ("$run", run), ("$scenario", row.Scenario), ("$variant", row.Variant ?? ""), ("$policy", row.Policy), ("$init", row.Init), ("$crash", row.Crash),
                    ("$p50", row.FirstSuccessP50?.TotalMilliseconds), ("$row", JsonSerializer.Serialize(row, s_json)))
                    .ExecuteNonQuery();
            }

            transaction.Commit();
            return run;
        });
    }

    /// <summary>Reads results by combination, and within one from the oldest run to the latest.</summary>
    /// <param name="filter">Which; all of them by default.</param>
    /// <returns>The results; none when nothing was ever recorded.</returns>
    /// <exception cref="IOException">The file cannot be read, or is no history of this version.</exception>
    public IReadOnlyList<ChaosResult> Read(ResultFilter? filter = null)
    {
        filter ??= new ResultFilter();
        return !File.Exists(Path) ? [] : Guarded("read", () =>
        {
            using SqliteConnection connection = Open(SqliteOpenMode.ReadOnly);
            CheckVersion(connection);
            // The change is from the run before on the same machine, whether that is asked for or not.
            using SqliteDataReader reader = Command(connection, """
                SELECT run, scenario, policy, init, crash, started_at, seed, environment, row,
                    p50_ms / LAG(p50_ms) OVER (PARTITION BY scenario, variant, policy, init, crash, json_extract(row, '$.host') ORDER BY run) - 1,
                    variant
                FROM result JOIN run ON run.id = result.run
                ORDER BY scenario, variant, policy, init, crash, run
                """).ExecuteReader();
            var results = new List<ChaosResult>();
            while (reader.Read())
            {
                if (Matches(reader, filter))
                    results.Add(Result(reader));
            }

            return filter.Last is not { } last ? results
                : [.. results.GroupBy(r => (r.Host, r.Scenario, r.Variant, r.Policy, r.Init, r.Crash)).SelectMany(g => g.TakeLast(last))];
        });
    }

    private static bool Matches(SqliteDataReader reader, ResultFilter filter) =>
        (filter.Scenario?.Invoke(reader.GetString(1)) ?? true)
        && (filter.Policies?.Contains(reader.GetString(2)) ?? true)
        && (filter.Init is not { } init || reader.GetBoolean(3) == init)
        && (filter.Crashes?.Contains(reader.GetString(4)) ?? true)
        && (filter.Runs?.Contains(reader.GetInt64(0)) ?? true)
        && (filter.Since is not { } since || Moment(reader.GetString(5)) >= since);

    private static ChaosResult Result(SqliteDataReader reader) => new(
        JsonSerializer.Deserialize<ScenarioRow>(reader.GetString(8), s_json)!, JsonSerializer.Deserialize<RunEnvironment>(reader.GetString(7), s_json)!)
    {
        Run = reader.GetInt64(0),
        StartedAt = Moment(reader.GetString(5)),
        Seed = reader.GetInt32(6),
        Change = reader.IsDBNull(9) ? null : reader.GetDouble(9),
    };

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private void CheckVersion(SqliteConnection connection)
    {
        if ((long)Command(connection, "PRAGMA user_version").ExecuteScalar()! is var version && version > SchemaVersion)
            throw new IOException($"The history {Path} is of a later version ({version}) than this program knows ({SchemaVersion}).");
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object? value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    private T Guarded<T>(string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is SqliteException or JsonException)
        {
            throw new IOException($"The history {Path} cannot be {what}: {e.Message} Move it away to begin a new one.", e);
        }
    }

    private static string Moment(DateTimeOffset moment) => moment.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
