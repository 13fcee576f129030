using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Where a container stands, and what happens to it.</summary>
public static partial class SupervisorJson
{
    private static readonly string[] s_statuses = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];
    private static readonly string[] s_health = ["starting", "healthy", "unhealthy"];

    /// <summary><c>state.json</c>.</summary>
    public static JsonForm<ContainerState> ContainerState { get; } = new(ReadContainerState, WriteContainerState);

    /// <summary>A line of the journal.</summary>
    public static JsonForm<ContainerEvent> ContainerEvent { get; } = new(ReadContainerEvent, WriteContainerEvent);

    internal static ContainerState ReadContainerState(ref SpecReader reader)
    {
        var value = new ContainerState();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "status" => value with { Status = (ContainerStatus)reader.Choice(s_statuses) },
                "pid" => value with { Pid = reader.Int32() ?? 0 },
                "pidStartTime" => value with { PidStartTime = reader.UInt64() ?? 0 },
                "exitCode" => value with { ExitCode = reader.Int32() },
                "oomKilled" => value with { OomKilled = reader.Boolean() ?? false },
                "error" => value with { Error = reader.Text() },
                "warnings" => value with { Warnings = reader.Texts() ?? [] },
                "restartCount" => value with { RestartCount = reader.Int32() ?? 0 },
                "startedAt" => value with { StartedAt = reader.Time() },
                "finishedAt" => value with { FinishedAt = reader.Time() },
                "monitorPid" => value with { MonitorPid = reader.Int32() ?? 0 },
                "manuallyStopped" => value with { ManuallyStopped = reader.Boolean() ?? false },
                "endpoints" => value with { Endpoints = reader.List(ReadContainerEndpoint) ?? [] },
                "ports" => value with { Ports = reader.List(ReadPortMapping) ?? [] },
                "consoleHolderPid" => value with { ConsoleHolderPid = reader.Int32() ?? 0 },
                "consoleHolderStartTime" => value with { ConsoleHolderStartTime = reader.UInt64() ?? 0 },
                "oomKillsAtStart" => value with { OomKillsAtStart = reader.Int64() ?? 0 },
                "health" => value with { Health = reader.Object(ReadContainerHealth) },
                "bootId" => value with { BootId = reader.Text() },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    internal static void WriteContainerState(JsonText json, ContainerState value) => json
        .Add("status", s_statuses[(int)value.Status])
        .Add("pid", value.Pid)
        .Add("pidStartTime", value.PidStartTime)
        .Add("exitCode", value.ExitCode)
        .Add("oomKilled", value.OomKilled)
        .Add("error", value.Error)
        .Add("warnings", value.Warnings)
        .Add("restartCount", value.RestartCount)
        .Add("startedAt", value.StartedAt)
        .Add("finishedAt", value.FinishedAt)
        .Add("monitorPid", value.MonitorPid)
        .Add("manuallyStopped", value.ManuallyStopped)
        .AddEach("endpoints", value.Endpoints, WriteContainerEndpoint)
        .AddEach("ports", value.Ports, WritePortMapping)
        .Add("consoleHolderPid", value.ConsoleHolderPid)
        .Add("consoleHolderStartTime", value.ConsoleHolderStartTime)
        .Add("oomKillsAtStart", value.OomKillsAtStart)
        .AddObject("health", value.Health, WriteContainerHealth)
        .Add("bootId", value.BootId);

    private static ContainerHealth ReadContainerHealth(ref SpecReader reader)
    {
        var value = new ContainerHealth();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "status" => value with { Status = (HealthStatus)reader.Choice(s_health) },
                "failingStreak" => value with { FailingStreak = reader.Int32() ?? 0 },
                "log" => value with { Log = reader.List(ReadHealthResult) ?? [] },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteContainerHealth(JsonText json, ContainerHealth value) => json
        .Add("status", s_health[(int)value.Status])
        .Add("failingStreak", value.FailingStreak)
        .AddEach("log", value.Log, WriteHealthResult);

    private static HealthResult ReadHealthResult(ref SpecReader reader)
    {
        var value = new HealthResult(default, default, 0, "");
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "start" => value with { Start = reader.Time() },
                "end" => value with { End = reader.Time() },
                "exitCode" => value with { ExitCode = reader.Int32() ?? 0 },
                "output" => value with { Output = reader.Text() ?? "" },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteHealthResult(JsonText json, HealthResult value) => json
        .Add("start", value.Start)
        .Add("end", value.End)
        .Add("exitCode", value.ExitCode)
        .Add("output", value.Output);

    internal static ContainerEvent ReadContainerEvent(ref SpecReader reader)
    {
        var value = new ContainerEvent("", "", default, 0, new Dictionary<string, string>());
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "type" => value with { Type = reader.Text() ?? "" },
                "containerId" => value with { ContainerId = reader.Text() ?? "" },
                "time" => value with { Time = reader.Time() },
                "monotonicNanoseconds" => value with { MonotonicNanoseconds = reader.Int64() ?? 0 },
                "attributes" => value with { Attributes = reader.TextMap() ?? new Dictionary<string, string>() },
                "name" => value with { Name = reader.Text() },
                "objectType" => value with { ObjectType = reader.Text() ?? "" },
                "objectId" => value with { ObjectId = reader.Text() },
                _ => reader.Skip(value),
            };
        }
        if (value.Type.Length == 0)
            throw reader.Missing("type");
        return value;
    }

    internal static void WriteContainerEvent(JsonText json, ContainerEvent value) => json
        .Add("type", value.Type)
        .Add("containerId", value.ContainerId)
        .Add("time", value.Time)
        .Add("monotonicNanoseconds", value.MonotonicNanoseconds)
        .Add("attributes", value.Attributes)
        .Add("name", value.Name)
        .Add("objectType", value.ObjectType)
        .Add("objectId", value.ObjectId);

    /// <summary><c>clocks.json</c>.</summary>
    internal static JsonForm<ClockOffsets> ClockOffsets { get; } = new(ReadClockOffsets, WriteClockOffsets);

    private static ClockOffsets ReadClockOffsets(ref SpecReader reader)
    {
        var value = new ClockOffsets();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "monotonic" => value with { Monotonic = reader.Span() },
                "bootTime" => value with { BootTime = reader.Span() },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteClockOffsets(JsonText json, ClockOffsets value) => json.Add("monotonic", value.Monotonic).Add("bootTime", value.BootTime);
}
