using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The control socket's messages as JSON.</summary>
internal static class ProtocolJson
{
    /// <summary>To a monitor.</summary>
    internal static JsonForm<MonitorRequest> MonitorRequest { get; } = new(ReadMonitorRequest, WriteMonitorRequest);

    /// <summary>From a monitor.</summary>
    internal static JsonForm<MonitorReply> MonitorReply { get; } = new(ReadMonitorReply, WriteMonitorReply);

    private static MonitorRequest ReadMonitorRequest(ref SpecReader reader)
    {
        var value = new MonitorRequest { Op = "" };
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "op" => value with { Op = reader.Text() ?? "" },
                "timeoutMs" => value with { TimeoutMs = reader.Int64() },
                "signal" => value with { Signal = reader.Int32() },
                "wait" => value with { Wait = reader.Boolean() ?? false },
                "process" => value with { Process = reader.Object(RuntimeSpecJson.ReadProcess) },
                "input" => value with { Input = reader.Boolean() ?? false },
                "size" => value with { Size = reader.Object(ReadSize)?.Value },
                "endpoint" => value with { Endpoint = reader.Object(SupervisorJson.ReadEndpointSettings) },
                "networkId" => value with { NetworkId = reader.Text() },
                "port" => value with { Port = reader.Object(SupervisorJson.ReadPortMapping) },
                "definition" => value with { Definition = reader.Object(SupervisorJson.ReadContainerDefinition) },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteMonitorRequest(JsonText json, MonitorRequest value)
    {
        json.Add("op", value.Op).Add("timeoutMs", value.TimeoutMs).Add("signal", value.Signal).Add("wait", value.Wait).Add("input", value.Input);
        if (value.Process is { } process)
            json.AddJson("process", JsonSerializer.Serialize(process, RuntimeSpecJson.Default.ProcessSpec));
        if (value.Size is { } size)
            json.Object(item => item.Add("width", (long)size.Width).Add("height", (long)size.Height), "size");
        json.AddObject("endpoint", value.Endpoint, SupervisorJson.WriteEndpointSettings)
            .Add("networkId", value.NetworkId)
            .AddObject("port", value.Port, SupervisorJson.WritePortMapping)
            .AddObject("definition", value.Definition, SupervisorJson.WriteContainerDefinition);
    }

    private static MonitorReply ReadMonitorReply(ref SpecReader reader)
    {
        var value = new MonitorReply();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "state" => value with { State = reader.Object(SupervisorJson.ReadContainerState) },
                "error" => value with { Error = reader.Object(ReadMonitorError) },
                "event" => value with { Event = reader.Object(SupervisorJson.ReadContainerEvent) },
                "pid" => value with { Pid = reader.Int32() },
                "port" => value with { Port = reader.Object(SupervisorJson.ReadPortMapping) },
                "exitCode" => value with { ExitCode = reader.Int32() },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteMonitorReply(JsonText json, MonitorReply value) => json
        .AddObject("state", value.State, SupervisorJson.WriteContainerState)
        .AddObject("error", value.Error, WriteMonitorError)
        .AddObject("event", value.Event, SupervisorJson.WriteContainerEvent)
        .Add("pid", value.Pid)
        .AddObject("port", value.Port, SupervisorJson.WritePortMapping)
        .Add("exitCode", value.ExitCode);

    private static MonitorError ReadMonitorError(ref SpecReader reader)
    {
        var value = new MonitorError(default, "", null, null, default);
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "reason" => value with { Reason = (ErrorReason)(reader.Int32() ?? 0) },
                "message" => value with { Message = reader.Text() ?? "" },
                "target" => value with { Target = reader.Text() },
                "remedy" => value with { Remedy = reader.Text() },
                "errno" => value with { Errno = (Errno)(reader.Int32() ?? 0) },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteMonitorError(JsonText json, MonitorError value) => json
        .Add("reason", (long)value.Reason).Add("message", value.Message).Add("target", value.Target).Add("remedy", value.Remedy).Add("errno", (long)value.Errno);

    /// <summary>A size is a value, and what is read as an object is none.</summary>
    private static Box ReadSize(ref SpecReader reader)
    {
        var (width, height) = (0u, 0u);
        while (reader.NextKey(out var name))
        {
            switch (name)
            {
                case "width":
                    width = reader.UInt32() ?? 0;
                    break;
                case "height":
                    height = reader.UInt32() ?? 0;
                    break;
                default:
                    reader.Skip(name);
                    break;
            }
        }
        return new Box(new TerminalSize((ushort)Math.Min(width, ushort.MaxValue), (ushort)Math.Min(height, ushort.MaxValue)));
    }

    private sealed record Box(TerminalSize Value);
}
