using System.Text.Json.Nodes;

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
        File.WriteAllText(root["daemon.json"], "{}");
        return new Daemon(
            Programs.Find("dockerd")!,
            [
                "--config-file", root["daemon.json"], "--data-root", root["docker"], "--exec-root", root["exec"], "--pidfile", root["pid"], "--host", "unix://" + root["sock"],
                "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--userland-proxy=false",
                "--cgroup-parent", root.CgroupParent, "--storage-driver", "overlay2", "--shutdown-timeout", "1",
            ],
            "API listen on");
    }
}
