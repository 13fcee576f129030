using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ContainerChaos.Differential.Tests;

/// <summary>The images of the scenes, made on the spot of a static busybox: one layer, several configurations.</summary>
internal static class Images
{
    /// <summary>A shell and nothing set.</summary>
    public const string Plain = "docker.io/library/plain:1";

    /// <summary>Everything set that an image can set for its first process.</summary>
    public const string Rich = "docker.io/library/rich:1";

    /// <summary>An entrypoint without a command.</summary>
    public const string Entry = "docker.io/library/entry:1";

    /// <summary>Neither.</summary>
    public const string Bare = "docker.io/library/bare:1";

    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Text = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes an archive as <c>docker save</c> does.</summary>
    public static void Write(string path)
    {
        var layer = MakeLayer();
        var diffId = "sha256:" + Digest(layer);
        using var file = File.Create(path);
        using var tar = new TarWriter(file, TarEntryFormat.Pax);
        Add(tar, "layer.tar", layer, Text);
        var manifest = new JsonArray();
        foreach (var (name, settings) in Configurations())
        {
            var config = Encoding.UTF8.GetBytes(new JsonObject
            {
                ["architecture"] = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
                ["os"] = "linux",
                ["created"] = "2026-01-01T00:00:00Z",
                ["config"] = settings,
                ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(diffId) },
            }.ToJsonString());
            var entry = Digest(config) + ".json";
            Add(tar, entry, config, Text);
            manifest.Add(new JsonObject { ["Config"] = entry, ["RepoTags"] = new JsonArray(name), ["Layers"] = new JsonArray("layer.tar") });
        }
        Add(tar, "manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()), Text);
    }

    private static (string Name, JsonNode Settings)[] Configurations() =>
    [
        (Plain, JsonNode.Parse("""{"Cmd":["sh"]}""")!),
        (Rich, JsonNode.Parse("""
            {"Entrypoint":["/bin/args","image-entry"],"Cmd":["image-command"],"Env":["PATH=/bin:/opt/bin","FROM_IMAGE=1","BOTH=image"],"User":"app","WorkingDir":"/srv/made/by/image",
             "StopSignal":"SIGUSR1","Labels":{"from":"image","both":"image"}}
            """)!),
        (Entry, JsonNode.Parse("""{"Entrypoint":["/bin/args"]}""")!),
        (Bare, JsonNode.Parse("{}")!),
    ];

    private static byte[] MakeLayer()
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var directory in new[] { "bin", "etc", "home", "home/app", "opt", "root", "srv" })
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory) { Mode = Everybody });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp") { Mode = (UnixFileMode)0x3FF });
            Add(tar, "bin/busybox", File.ReadAllBytes(Programs.Find("busybox")!), Everybody);
            foreach (var applet in Applets)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            Add(tar, "bin/args", "#!/bin/sh\nfor a; do echo \"arg:$a\"; done\necho $(id -u):$(id -g) $(id -G)\npwd\nenv | grep -v -E '^(TERM|container)=' | sort\n"u8, Everybody);
            Add(tar, "bin/noexec", "#!/bin/sh\n"u8, Text);
            Add(tar, "bin/garbage", "no program\n"u8, Everybody);
            Add(tar, "bin/nointerpreter", "#!/nowhere/interpreter\n"u8, Everybody);
            Add(tar, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:app:/home/app:/bin/sh\nnohome:x:1002:1002:no:/not/there:/bin/sh\n"u8, Text);
            Add(tar, "etc/group", "root:x:0:\napp:x:1001:\nvideo:x:44:app,nohome\naudio:x:29:app\nnohome:x:1002:\n"u8, Text);
            Add(tar, "etc/secret", "secret\n"u8, UnixFileMode.UserRead);
        }
        return bytes.ToArray();
    }

    private static readonly string[] Applets =
    [
        "awk", "cat", "chmod", "chown", "chroot", "cp", "cut", "date", "dd", "df", "dmesg", "echo", "env", "expr", "false", "find", "getopt", "grep", "head", "hostname", "id", "ip", "kill", "ln", "ls", "mkdir",
        "mkfifo", "mknod", "mount", "mv", "nice", "nproc", "printf", "ps", "pwd", "readlink", "rm", "rmdir", "sed", "seq", "setarch", "setsid", "sh", "sleep", "sort", "stat", "su", "sync", "sysctl", "tail", "test", "touch",
        "tr", "true", "tty", "umount", "uname", "uniq", "unshare", "wc", "xargs", "yes",
    ];

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static void Add(TarWriter tar, string name, ReadOnlySpan<byte> content, UnixFileMode mode) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = mode, DataStream = new MemoryStream(content.ToArray()) });
}
