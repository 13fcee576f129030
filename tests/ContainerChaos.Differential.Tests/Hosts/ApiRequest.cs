using System.Text.Json.Nodes;

namespace ContainerChaos.Differential.Tests;

/// <summary>A container to be made, as Docker's API wants it (ContainerCreate).</summary>
internal static class ApiRequest
{
    public static JsonObject Make(ContainerRequest request, string? cgroupParent)
    {
        var body = new JsonObject
        {
            ["Image"] = request.Image,
            ["Cmd"] = request.Command.Count > 0 ? Strings(request.Command) : null,
            ["Env"] = Strings(request.Env),
            ["Labels"] = new JsonObject(request.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["HostConfig"] = MakeHostConfig(request, cgroupParent),
        };
        if (request.Entrypoint is { } entrypoint)
            body["Entrypoint"] = Strings(entrypoint);
        Set(body, "User", request.User);
        Set(body, "WorkingDir", request.WorkingDirectory);
        Set(body, "Hostname", request.Hostname);
        Set(body, "Domainname", request.Domainname);
        Set(body, "StopSignal", request.StopSignal);
        if (request.StopTimeout is { } timeout)
            body["StopTimeout"] = timeout;
        return body;
    }

    public static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    private static JsonObject MakeHostConfig(ContainerRequest request, string? cgroupParent)
    {
        var policy = (request.RestartPolicy ?? "no").Split(':');
        var host = new JsonObject
        {
            ["NetworkMode"] = request.Network,
            ["Binds"] = Strings(request.Binds),
            ["ReadonlyRootfs"] = request.ReadOnly,
            ["RestartPolicy"] = new JsonObject { ["Name"] = policy[0], ["MaximumRetryCount"] = policy.Length > 1 ? int.Parse(policy[1]) : 0 },
        };
        Set(host, "CgroupParent", cgroupParent);
        if (request.SecurityOptions.Count > 0)
            host["SecurityOpt"] = Strings(request.SecurityOptions);
        if (request.Memory is { } memory)
            host["Memory"] = memory;
        if (request.Cpus is { } cpus)
            host["NanoCpus"] = (long)(cpus * 1e9);
        if (request.PidsLimit is { } pids)
            host["PidsLimit"] = pids;
        if (request.Init)
            host["Init"] = true;
        SetPrivileges(host, request);
        SetMoreLimits(host, request);
        return host;
    }

    private static void SetPrivileges(JsonObject host, ContainerRequest request)
    {
        host["Privileged"] = request.Privileged;
        host["CapAdd"] = Strings(request.CapAdd);
        host["CapDrop"] = Strings(request.CapDrop);
        host["GroupAdd"] = Strings(request.GroupAdd);
        host["Sysctls"] = new JsonObject(request.Sysctl.Select(value => KeyValuePair.Create(value.Key, (JsonNode?)value.Value)));
        Set(host, "PidMode", request.Pid);
        Set(host, "IpcMode", request.Ipc);
        Set(host, "UTSMode", request.Uts);
        host["Devices"] = new JsonArray([.. request.Devices.Select(device => device.Split(':')).Select(parts =>
            (JsonNode)new JsonObject { ["PathOnHost"] = parts[0], ["PathInContainer"] = parts[1], ["CgroupPermissions"] = parts[2] })]);
    }

    private static void SetMoreLimits(JsonObject host, ContainerRequest request)
    {
        Set(host, "MemorySwap", request.MemorySwap);
        Set(host, "MemoryReservation", request.MemoryReservation);
        Set(host, "OomScoreAdj", request.OomScoreAdj);
        Set(host, "CpuShares", request.CpuShares);
        Set(host, "CpusetCpus", request.CpusetCpus);
        Set(host, "ShmSize", request.ShmSize);
        host["Ulimits"] = new JsonArray([.. request.Ulimits.Select(limit => limit.Split('=', ':')).Select(parts =>
            (JsonNode)new JsonObject { ["Name"] = parts[0], ["Soft"] = long.Parse(parts[1]), ["Hard"] = long.Parse(parts[2]) })]);
    }

    private static void Set(JsonObject target, string name, long? value)
    {
        if (value is not null)
            target[name] = value;
    }

    private static void Set(JsonObject target, string name, string? value)
    {
        if (value is not null)
            target[name] = value;
    }
}
