using System.Text.Json.Nodes;
using ContainerChaos.Runtime;

namespace ContainerChaos.Differential.Tests;

/// <summary>A dockerd of our own, with a containerd of its own. It touches no interface and no packet filter.</summary>
internal sealed class DockerHost(string images) : DaemonHost(new TestRoot(), images, Serve)
{
    /// <summary>An image as it is inspected.</summary>
    public JsonNode LookAtImage(string reference) => Send(HttpMethod.Get, $"images/{reference}/json")!;

    /// <summary>Writes images into an archive, as <c>docker save</c> does.</summary>
    public void SaveImages(IEnumerable<string> references, string path)
    {
        using var response = Request(HttpMethod.Get, "images/get?" + string.Join('&', references.Select(reference => "names=" + Uri.EscapeDataString(reference))));
        using var stream = response.Content.ReadAsStream();
        using var file = File.Create(path);
        stream.CopyTo(file);
    }

    private static Daemon Serve(TestRoot root)
    {
        File.WriteAllText(root["daemon.json"], Configure(root));
        return new Daemon(
            Programs.Find("dockerd")!,
            [
                "--config-file", root["daemon.json"], "--data-root", root["docker"], "--exec-root", root["exec"], "--pidfile", root["pid"], "--host", "unix://" + root["sock"],
                "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--userland-proxy=false",
                "--cgroup-parent", root.CgroupParent, "--storage-driver", "overlay2", "--shutdown-timeout", "1",
            ],
            "API listen on");
    }

    /// <summary>
    /// Where root does not have every capability, runc refuses to start a privileged container, for which dockerd asks for all. So it is asked for those only
    /// that can be given.
    /// </summary>
    private static string Configure(TestRoot root)
    {
        var missing = Capabilities.Grantable(inUserNamespace: true).Except(Capabilities.Grantable(inUserNamespace: false)).ToArray();
        if (missing.Length == 0)
            return "{}";
        const string name = "runc-of-this-host";
        var edits = string.Concat(missing.Select(capability => $"s/,\"{capability}\"//g; s/\"{capability}\",//g; "));
        File.WriteAllText(root[name], $"""
            #!/bin/sh
            for word; do
                [ "$last" != --bundle ] || sed -i '{edits}' "$word/config.json"
                last=$word
            done
            exec runc "$@"

            """);
        File.SetUnixFileMode(root[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new JsonObject { ["runtimes"] = new JsonObject { [name] = new JsonObject { ["path"] = root[name] } }, ["default-runtime"] = name }.ToJsonString();
    }
}
