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
        return host;
    }

    private static void Set(JsonObject target, string name, string? value)
    {
        if (value is not null)
            target[name] = value;
    }
}
