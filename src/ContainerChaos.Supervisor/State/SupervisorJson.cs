using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The supervisor's files as JSON: what a container is.</summary>
public static partial class SupervisorJson
{
    private static readonly string[] s_restartPolicies = ["no", "on-failure", "always", "unless-stopped"];
    private static readonly string[] s_healthChecks = ["Exec", "Http", "Tcp"];
    private static readonly string[] s_onFailure = ["none", "kill", "restart", "stop"];

    /// <summary><c>container.json</c>.</summary>
    public static JsonForm<ContainerDefinition> ContainerDefinition { get; } = new(ReadContainerDefinition, WriteContainerDefinition);

    /// <summary><c>config.json</c>, as it is written; made when it is asked for, since a start does not write it.</summary>
    public static JsonForm<RuntimeSpec> RuntimeSpec => new(RuntimeSpecJson.Default.RuntimeSpec);

    internal static ContainerDefinition ReadContainerDefinition(ref SpecReader reader)
    {
        var value = new ContainerDefinition { Id = "", Name = "" };
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "id" => value with { Id = reader.Text() ?? "" },
                "name" => value with { Name = reader.Text() ?? "" },
                "image" => value with { Image = reader.Text() ?? "" },
                "imageId" => value with { ImageId = reader.Text() ?? "" },
                "createdAt" => value with { CreatedAt = reader.Time() },
                "command" => value with { Command = reader.Texts() ?? [] },
                "labels" => value with { Labels = reader.TextMap() ?? new Dictionary<string, string>() },
                "restartPolicy" => value with { RestartPolicy = reader.Object(ReadRestartPolicy) ?? RestartPolicy.No },
                "restartDelay" => value with { RestartDelay = reader.Object(ReadRestartDelay) ?? RestartDelay.Docker },
                "init" => value with { Init = reader.Boolean() ?? false },
                "tty" => value with { Tty = reader.Boolean() ?? false },
                "interactive" => value with { Interactive = reader.Boolean() ?? false },
                "stopSignal" => value with { StopSignal = reader.Int32() ?? 15 },
                "stopTimeout" => value with { StopTimeout = reader.Span() },
                "networkMode" => value with { NetworkMode = reader.Text() ?? "" },
                "networkContainerId" => value with { NetworkContainerId = reader.Text() },
                "pidMode" => value with { PidMode = reader.Text() },
                "pidContainerId" => value with { PidContainerId = reader.Text() },
                "ipcMode" => value with { IpcMode = reader.Text() },
                "ipcContainerId" => value with { IpcContainerId = reader.Text() },
                "privileged" => value with { Privileged = reader.Boolean() ?? false },
                "faultPoints" => value with { FaultPoints = reader.Texts() ?? [] },
                "limits" => value with { Limits = reader.Object(ReadContainerLimits) },
                "annotations" => value with { Annotations = reader.TextMap() ?? new Dictionary<string, string>() },
                "lowerDirs" => value with { LowerDirs = reader.Texts() ?? [] },
                "storage" => value with { Storage = reader.Object(ReadStorageLimit) },
                "mounts" => value with { Mounts = reader.List(ReadContainerMount) ?? [] },
                "log" => value with { Log = reader.Object(ReadLogOptions) ?? new LogOptions() },
                "healthCheck" => value with { HealthCheck = reader.Object(ReadHealthCheck) },
                "autoRemove" => value with { AutoRemove = reader.Boolean() ?? false },
                _ => reader.Skip(value),
            };
        }
        if (value.Id.Length == 0)
            throw reader.Missing("id");
        if (value.Name.Length == 0)
            throw reader.Missing("name");
        return value;
    }

    internal static void WriteContainerDefinition(JsonText json, ContainerDefinition value) => json
        .Add("id", value.Id)
        .Add("name", value.Name)
        .Add("image", value.Image)
        .Add("imageId", value.ImageId)
        .Add("createdAt", value.CreatedAt)
        .Add("command", value.Command)
        .Add("labels", value.Labels)
        .AddObject("restartPolicy", value.RestartPolicy, WriteRestartPolicy)
        .AddObject("restartDelay", value.RestartDelay, WriteRestartDelay)
        .Add("init", value.Init)
        .Add("tty", value.Tty)
        .Add("interactive", value.Interactive)
        .Add("stopSignal", value.StopSignal)
        .Add("stopTimeout", value.StopTimeout)
        .Add("networkMode", value.NetworkMode)
        .Add("networkContainerId", value.NetworkContainerId)
        .Add("pidMode", value.PidMode)
        .Add("pidContainerId", value.PidContainerId)
        .Add("ipcMode", value.IpcMode)
        .Add("ipcContainerId", value.IpcContainerId)
        .Add("privileged", value.Privileged)
        .Add("faultPoints", value.FaultPoints)
        .AddObject("limits", value.Limits, WriteContainerLimits)
        .Add("annotations", value.Annotations)
        .Add("lowerDirs", value.LowerDirs)
        .AddObject("storage", value.Storage, WriteStorageLimit)
        .AddEach("mounts", value.Mounts, WriteContainerMount)
        .AddObject("log", value.Log, WriteLogOptions)
        .AddObject("healthCheck", value.HealthCheck, WriteHealthCheck)
        .Add("autoRemove", value.AutoRemove);

    private static ContainerLimits ReadContainerLimits(ref SpecReader reader)
    {
        var value = new ContainerLimits();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "memoryBytes" => value with { MemoryBytes = reader.Int64() },
                "memorySwapBytes" => value with { MemorySwapBytes = reader.Int64() },
                "memoryReservationBytes" => value with { MemoryReservationBytes = reader.Int64() },
                "memorySwappiness" => value with { MemorySwappiness = reader.Int32() },
                "oomKillDisable" => value with { OomKillDisable = reader.Boolean() ?? false },
                "cpus" => value with { Cpus = reader.Double() },
                "cpuShares" => value with { CpuShares = reader.Int64() },
                "cpuPeriod" => value with { CpuPeriod = reader.Int64() },
                "cpuQuota" => value with { CpuQuota = reader.Int64() },
                "cpuRtPeriod" => value with { CpuRtPeriod = reader.Int64() },
                "cpuRtRuntime" => value with { CpuRtRuntime = reader.Int64() },
                "cpusetCpus" => value with { CpusetCpus = reader.Text() },
                "cpusetMems" => value with { CpusetMems = reader.Text() },
                "blkioWeight" => value with { BlkioWeight = reader.Int32() },
                "pidsLimit" => value with { PidsLimit = reader.Int32() },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteContainerLimits(JsonText json, ContainerLimits value) => json
        .Add("memoryBytes", value.MemoryBytes)
        .Add("memorySwapBytes", value.MemorySwapBytes)
        .Add("memoryReservationBytes", value.MemoryReservationBytes)
        .Add("memorySwappiness", value.MemorySwappiness)
        .Add("oomKillDisable", value.OomKillDisable)
        .Add("cpus", value.Cpus)
        .Add("cpuShares", value.CpuShares)
        .Add("cpuPeriod", value.CpuPeriod)
        .Add("cpuQuota", value.CpuQuota)
        .Add("cpuRtPeriod", value.CpuRtPeriod)
        .Add("cpuRtRuntime", value.CpuRtRuntime)
        .Add("cpusetCpus", value.CpusetCpus)
        .Add("cpusetMems", value.CpusetMems)
        .Add("blkioWeight", value.BlkioWeight)
        .Add("pidsLimit", value.PidsLimit);

    private static StorageLimit ReadStorageLimit(ref SpecReader reader)
    {
        var value = new StorageLimit();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "sizeBytes" => value with { SizeBytes = reader.Int64() ?? 0 },
                "project" => value with { Project = reader.UInt32() ?? 0 },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteStorageLimit(JsonText json, StorageLimit value) => json
        .Add("sizeBytes", value.SizeBytes)
        .Add("project", (long)value.Project);

    private static ContainerMount ReadContainerMount(ref SpecReader reader)
    {
        var value = new ContainerMount { Type = "", Destination = "" };
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "type" => value with { Type = reader.Text() ?? "" },
                "name" => value with { Name = reader.Text() },
                "source" => value with { Source = reader.Text() ?? "" },
                "destination" => value with { Destination = reader.Text() ?? "" },
                "readOnly" => value with { ReadOnly = reader.Boolean() ?? false },
                "propagation" => value with { Propagation = reader.Text() ?? "" },
                "isAnonymous" => value with { IsAnonymous = reader.Boolean() ?? false },
                _ => reader.Skip(value),
            };
        }
        if (value.Type.Length == 0)
            throw reader.Missing("type");
        if (value.Destination.Length == 0)
            throw reader.Missing("destination");
        return value;
    }

    private static void WriteContainerMount(JsonText json, ContainerMount value) => json
        .Add("type", value.Type)
        .Add("name", value.Name)
        .Add("source", value.Source)
        .Add("destination", value.Destination)
        .Add("readOnly", value.ReadOnly)
        .Add("propagation", value.Propagation)
        .Add("isAnonymous", value.IsAnonymous);

    private static LogOptions ReadLogOptions(ref SpecReader reader)
    {
        var value = new LogOptions();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "maxSizeBytes" => value with { MaxSizeBytes = reader.Int64() ?? 0 },
                "maxFiles" => value with { MaxFiles = reader.Int32() ?? 0 },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteLogOptions(JsonText json, LogOptions value) => json
        .Add("maxSizeBytes", value.MaxSizeBytes)
        .Add("maxFiles", value.MaxFiles);

    private static RestartPolicy ReadRestartPolicy(ref SpecReader reader)
    {
        var value = RestartPolicy.No;
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "kind" => value with { Kind = (RestartPolicyKind)reader.Choice(s_restartPolicies) },
                "maximumRetryCount" => value with { MaximumRetryCount = reader.Int32() ?? 0 },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteRestartPolicy(JsonText json, RestartPolicy value) => json
        .Add("kind", s_restartPolicies[(int)value.Kind])
        .Add("maximumRetryCount", value.MaximumRetryCount);

    private static RestartDelay ReadRestartDelay(ref SpecReader reader)
    {
        var value = RestartDelay.Docker;
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "initial" => value with { Initial = reader.Span() },
                "maximum" => value with { Maximum = reader.Span() },
                "factor" => value with { Factor = reader.Double() ?? 1 },
                "resetAfter" => value with { ResetAfter = reader.Span() },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteRestartDelay(JsonText json, RestartDelay value) => json
        .Add("initial", value.Initial)
        .Add("maximum", value.Maximum)
        .Add("factor", value.Factor)
        .Add("resetAfter", value.ResetAfter);

    private static HealthCheck ReadHealthCheck(ref SpecReader reader)
    {
        var value = new HealthCheck();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "kind" => value with { Kind = (HealthCheckKind)reader.Choice(s_healthChecks) },
                "command" => value with { Command = reader.Texts() ?? [] },
                "address" => value with { Address = reader.Text() ?? "" },
                "port" => value with { Port = reader.Int32() ?? 0 },
                "path" => value with { Path = reader.Text() ?? "" },
                "headers" => value with { Headers = reader.TextMap() ?? new Dictionary<string, string>() },
                "interval" => value with { Interval = reader.Span() },
                "timeout" => value with { Timeout = reader.Span() },
                "startPeriod" => value with { StartPeriod = reader.Span() },
                "startInterval" => value with { StartInterval = reader.Span() },
                "retries" => value with { Retries = reader.Int32() ?? 0 },
                "onFailure" => value with { OnFailure = (HealthOnFailure)reader.Choice(s_onFailure) },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteHealthCheck(JsonText json, HealthCheck value) => json
        .Add("kind", s_healthChecks[(int)value.Kind])
        .Add("command", value.Command)
        .Add("address", value.Address)
        .Add("port", value.Port)
        .Add("path", value.Path)
        .Add("headers", value.Headers)
        .Add("interval", value.Interval)
        .Add("timeout", value.Timeout)
        .Add("startPeriod", value.StartPeriod)
        .Add("startInterval", value.StartInterval)
        .Add("retries", value.Retries)
        .Add("onFailure", s_onFailure[(int)value.OnFailure]);
}
