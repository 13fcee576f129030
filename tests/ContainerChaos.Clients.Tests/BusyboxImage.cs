using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ContainerChaos.Clients.Tests;

/// <summary>An image made on the spot: busybox, its links, and two users.</summary>
internal static class BusyboxImage
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] Applets =
        ["sh", "cat", "echo", "false", "grep", "head", "hostname", "id", "kill", "ls", "mount", "ps", "pwd", "sleep", "stty", "tail", "touch", "true", "tty", "wc"];

    /// <summary>Writes the root file system as a tar file, which <c>podman import</c> takes.</summary>
    internal static void WriteLayer(string path)
    {
        using var file = File.Create(path);
        using var tar = new TarWriter(file, TarEntryFormat.Pax);
        foreach (var directory in new[] { "bin", "etc", "home", "root", "tmp" })
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory) { Mode = Executable });
        using (var busybox = File.OpenRead(ClientPrograms.Find(ClientPrograms.Busybox)!))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = Executable, DataStream = busybox });
        foreach (var applet in Applets)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
        WriteText(tar, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home:/bin/sh\n");
        WriteText(tar, "etc/group", "root:x:0:\napp:x:1000:\n");
    }

    /// <summary>Writes an OCI image layout as a tar file, which <c>ctr image import</c> takes (image-spec, image-layout).</summary>
    internal static void WriteLayout(string path, string name)
    {
        var layerFile = path + ".layer";
        WriteLayer(layerFile);
        var layer = File.ReadAllBytes(layerFile);
        File.Delete(layerFile);
        using var file = File.Create(path);
        using var tar = new TarWriter(file, TarEntryFormat.Pax);
        foreach (var directory in new[] { "blobs", "blobs/sha256" })
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory) { Mode = Executable });

        var layerDigest = WriteBlob(tar, layer);
        var config = Encoding.UTF8.GetBytes(
            $$$$"""{"architecture":"{{{{Architecture}}}}","os":"linux","config":{"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["{{{{layerDigest}}}}"]}}""");
        var manifest = Encoding.UTF8.GetBytes($$$$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{{{WriteBlob(tar, config)}}}}","size":{{{{config.Length}}}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{{{layerDigest}}}}","size":{{{{layer.Length}}}}}]}
            """);
        WriteText(tar, "index.json", $$$$"""
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{{WriteBlob(tar, manifest)}}}}",
             "size":{{{{manifest.Length}}}},"annotations":{"io.containerd.image.name":{{{{JsonSerializer.Serialize(name)}}}}}}]}
            """);
        WriteText(tar, "oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
    }

    private static string Architecture => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private static string WriteBlob(TarWriter tar, byte[] content)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "blobs/sha256/" + digest) { DataStream = new MemoryStream(content) });
        return "sha256:" + digest;
    }

    private static void WriteText(TarWriter tar, string name, string content) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
}
