using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Volumes of containers of an image that has files, links and owners where they are mounted.</summary>
public sealed class VolumeTests : ContainerTest
{
    private Image MakeImage(params string[] volumes)
    {
        var tree = Root["image"];
        Directory.CreateDirectory(Path.Combine(tree, "srv/data/sub"));
        File.Copy(TestTarget, Path.Combine(tree, "target"));
        File.SetUnixFileMode(Path.Combine(tree, "target"), (UnixFileMode)0x1ED);
        var data = Path.Combine(tree, "srv/data");
        File.WriteAllText(Path.Combine(data, "file"), "from the image");
        File.WriteAllText(Path.Combine(data, "sub/deep"), "deep");
        File.CreateSymbolicLink(Path.Combine(data, "link"), "/etc/passwd");
        using (var directory = UnixDirectory.Open(data))
        using (var sub = UnixDirectory.Open(Path.Combine(data, "sub")))
        {
            sub.CreateHardLink("twin", directory, "file");
            directory.SetOwner("file", 1000, 1001);
            directory.SetMode("file", 0x9A0 /* 4640 */);
            directory.SetExtendedAttribute("file", "user.note", "kept"u8);
            directory.SetOwner(".", 33, 34);
            directory.SetMode(".", 0x1E8 /* 0750 */);
        }

        Engine.Images.Import(tree, "base:1");
        if (volumes.Length == 0)
            return Engine.Images.Get("base:1");
        var made = Engine.Create(new ContainerCreateOptions { Image = "base:1", Command = ["/target", "pause"] });
        var image = Engine.Save(made.Id, "volumes:1", new ContainerCommitOptions { Changes = [.. volumes.Select(volume => $"VOLUME {volume}")] });
        Engine.Remove(made.Id);
        return image;
    }

    private static string TestTarget => ContainerChaos.Testing.TestRoot.TargetPath;

    private Container RunOnce(ContainerCreateOptions options)
    {
        var container = Engine.Start(Engine.Create(options).Id);
        Engine.Wait(container.Id);
        return container;
    }

    private static ContainerCreateOptions Nothing(string image) => new() { Image = image, Command = ["/target", "exit", "0"] };

    [Fact]
    public void A_named_volume_gets_what_the_image_has_on_its_first_use_and_keeps_what_happens_then()
    {
        MakeImage();
        var container = RunOnce(Nothing("base:1") with { Volumes = ["data:/srv/data"] });
        var mount = Assert.Single(container.Mounts);
        Assert.Equal(("volume", "data", "/srv/data", false), (mount.Type, mount.Name, mount.Destination, mount.ReadOnly));
        var volume = Engine.GetVolume("data");
        Assert.Equal([container.Name], volume.Containers);
        var root = volume.Mountpoint;
        Assert.Equal(["file", "link", "sub"], Directory.GetFileSystemEntries(root).Select(Path.GetFileName).Order());
        Assert.Equal("from the image", File.ReadAllText(Path.Combine(root, "file")));
        var (top, file, twin) = (FileStatus.Read(root), FileStatus.Read(Path.Combine(root, "file")), FileStatus.Read(Path.Combine(root, "sub/twin")));
        Assert.Equal((33u, 34u, 0x1E8u), (top.UserId, top.GroupId, top.Mode));
        Assert.Equal((1000u, 1001u, 0x9A0u, 2u), (file.UserId, file.GroupId, file.Mode, file.Links));
        Assert.Equal(file.Inode, twin.Inode);
        Assert.Equal("kept"u8.ToArray(), ExtendedAttributes.Read(Path.Combine(root, "file")).Single(pair => pair.Key == "user.note").Value);
        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(root, "link")).LinkTarget);

        // What the application has made of it stays, also when that is nothing.
        foreach (var name in new[] { "file", "link" })
            File.Delete(Path.Combine(root, name));
        Directory.Delete(Path.Combine(root, "sub"), recursive: true);
        Engine.Wait(Engine.Start(container.Id).Id);
        Assert.Empty(Directory.GetFileSystemEntries(root));
        Engine.Remove(container.Id);

        // A new container of an empty volume gets the image's again, as with Docker; one that wants none does not.
        RunOnce(Nothing("base:1") with { Volumes = ["data:/srv/data:nocopy"] });
        Assert.Empty(Directory.GetFileSystemEntries(root));
        RunOnce(Nothing("base:1") with { Mounts = ["type=volume,source=data,target=/srv/data,readonly"] });
        Assert.Equal(3, Directory.GetFileSystemEntries(root).Length);
    }

    [Fact]
    public void A_volume_that_is_used_is_not_removed_and_the_error_names_who_uses_it()
    {
        var (one, two) = (Engine.Create(Target("pause") with { Name = "one", Volumes = ["data:/data"] }), Engine.Create(Target("pause") with { Name = "two", Mounts = ["type=volume,src=data,dst=/data"] }));
        var error = Fails(ErrorReason.VolumeInUse, () => Engine.RemoveVolume("data"));
        Assert.Contains("'one', 'two'", error.Message, StringComparison.Ordinal);
        Engine.Remove(one.Id);
        Engine.Remove(two.Id, new ContainerRemoveOptions { Volumes = true });
        Assert.Empty(Engine.GetVolume("data").Containers);
        Engine.RemoveVolume("data");
        Fails(ErrorReason.VolumeNotFound, () => Engine.RemoveVolume("data"));
        Fails(ErrorReason.InvalidName, () => Engine.CreateVolume(new VolumeCreateOptions { Name = "../escape" }));
    }

    [Fact]
    public void An_image_s_volumes_become_anonymous_ones_that_go_with_their_container_when_asked_to()
    {
        MakeImage("/srv/data", "/cache");
        var container = RunOnce(Nothing("volumes:1") with { Volumes = ["/more"] });
        Assert.Equal(["/cache", "/more", "/srv/data"], container.Mounts.Select(mount => mount.Destination).Order());
        Assert.All(container.Mounts, mount => Assert.True(mount.IsAnonymous));
        Assert.Equal("from the image", File.ReadAllText(Path.Combine(container.Mounts.Single(mount => mount.Destination == "/srv/data").Source, "file")));
        Assert.Equal(3, Engine.ListVolumes().Count);
        var kept = Engine.Create(Nothing("volumes:1") with { Volumes = [$"{container.Mounts[0].Name}:/srv/data", "named:/cache"] });
        Engine.Remove(container.Id, new ContainerRemoveOptions { Volumes = true });
        // One is another container's by now.
        Assert.Equal([container.Mounts[0].Name, "named"], Engine.ListVolumes().Select(volume => volume.Name).Order());
        Engine.Remove(kept.Id);
        Assert.Equal(2, Engine.ListVolumes().Count);
    }

    [Fact]
    public void Mounts_are_read_only_where_asked_and_in_memory_with_their_size_and_mode()
    {
        Directory.CreateDirectory(Root["host/below"]);
        var container = Engine.Start(Engine.Create(Target("pause") with
        {
            ReadOnly = true,
            Volumes = ["data:/data:ro", Root["made"] + ":/made"],
            Mounts = ["type=volume,target=/rw", $"type=bind,source={Root["host"]},target=/host,readonly"],
            Tmpfs = ["/scratch:size=64m,mode=1770", "/tmp"],
        }).Id);
        var mounts = MountInfo.Read($"/proc/{container.Pid}/mountinfo");
        Assert.Equal("tmpfs", mounts.Single(mount => mount.MountPoint == "/scratch").FileSystem);
        Assert.Contains("size=65536k,mode=1770", mounts.Single(mount => mount.MountPoint == "/scratch").SuperOptions, StringComparison.Ordinal);
        var options = File.ReadLines($"/proc/{container.Pid}/mountinfo").ToDictionary(line => line.Split(' ')[4], line => line.Split(' ')[5]);
        Assert.StartsWith("ro,", options["/data"], StringComparison.Ordinal);
        Assert.StartsWith("ro,", options["/host"], StringComparison.Ordinal);
        Assert.StartsWith("rw,", options["/rw"], StringComparison.Ordinal);
        Assert.StartsWith("rw,", options["/made"], StringComparison.Ordinal);
        Assert.StartsWith("ro,", options["/"], StringComparison.Ordinal);
        Assert.Contains("noexec", options["/tmp"], StringComparison.Ordinal);
        Assert.True(Directory.Exists(Root["made"]));
    }

    [Fact]
    public void A_bind_that_is_shared_or_a_slave_sees_later_mounts_of_the_host_and_a_private_one_does_not()
    {
        using var disk = new SmallDisk(Root["shared"], 1);
        disk.MakeShared();
        Directory.CreateDirectory(Path.Combine(disk.Path, "later"));
        var container = Engine.Start(Engine.Create(Target("pause") with { Volumes = [disk.Path + ":/private", disk.Path + ":/slave:rslave", disk.Path + ":/shared:rshared"] }).Id);
        using var late = new SmallDisk(Path.Combine(disk.Path, "later"), 1);
        var points = MountInfo.Read($"/proc/{container.Pid}/mountinfo").Select(mount => mount.MountPoint).ToList();
        Assert.Contains("/slave/later", points);
        Assert.Contains("/shared/later", points);
        Assert.DoesNotContain("/private/later", points);
        Engine.Remove(container.Id, force: true);

        Directory.CreateDirectory(Root["plain"]);
        using var plain = new SmallDisk(Root["plain"], 1);
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("pause") with { Volumes = [plain.Path + ":/x:rshared"] }));
    }

    [Fact]
    public void A_wrong_mount_says_what_is_wrong_and_leaves_no_volume()
    {
        foreach (var volume in new[] { "data", "a:b", "data:/", "data:/x:what", "data:/x:rslave", ":/x", "da ta:/x", "data:/x:ro:ro", "/a:/b:nocopy" })
            Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("pause") with { Volumes = [volume] }));
        foreach (var mount in new[] { "type=bind,source=/nonexistent-here,target=/x", "type=volume,source=x", "type=nfs,target=/x", "type=tmpfs,source=a,target=/x", "type=volume,target=/x,tmpfs-size=1m", "target=/x,what=1", "type=bind,source=rel,target=/x" })
            Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("pause") with { Mounts = [mount] }));
        foreach (var tmpfs in new[] { "x", "/x:size=lots", "/x:mode=9", "/x:what" })
            Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("pause") with { Tmpfs = [tmpfs] }));
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("pause") with { Volumes = ["data:/x"], Tmpfs = ["/x"] }));
        // What was made for a container that came to nothing goes with it.
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("pause") with { Volumes = ["data:/data", "/anonymous"], User = "nobody-here" }));
        Assert.Empty(Engine.ListVolumes());
    }

    [Fact]
    public void A_volume_can_be_a_directory_of_the_host()
    {
        Directory.CreateDirectory(Root["device"]);
        File.WriteAllText(Root["device/own"], "own");
        var volume = Engine.CreateVolume(new VolumeCreateOptions { Name = "device", Options = new Dictionary<string, string> { ["type"] = "none", ["o"] = "bind", ["device"] = Root["device"] } });
        Assert.Equal("local", volume.Driver);
        var container = Engine.Start(Engine.Create(Target("pause") with { Volumes = ["device:/device"] }).Id);
        Assert.Equal("own", File.ReadAllText($"/proc/{container.Pid}/root/device/own"));
        Fails(ErrorReason.NotSupported, () => Engine.CreateVolume(new VolumeCreateOptions { Options = new Dictionary<string, string> { ["type"] = "tmpfs", ["device"] = "tmpfs" } }));
        Fails(ErrorReason.NameInUse, () => Engine.CreateVolume(new VolumeCreateOptions { Name = "device" }));
    }

    [Fact]
    public void Volumes_and_images_tell_what_happens_to_them()
    {
        var before = DateTimeOffset.UtcNow;
        var container = RunOnce(Target("exit", "0") with { Volumes = ["data:/data:ro"] });
        Engine.Remove(container.Id);
        Engine.RemoveVolume("data");
        Engine.Images.Tag("target", "other:1");
        Engine.Images.Remove("other:1");
        Engine.Images.Import(MakeTree(), "tree:1");
        Engine.Images.Export(["tree:1"], Root["tree.tar"]);
        Engine.Images.Remove("tree:1");
        Engine.Images.ImportAll(Root["tree.tar"]);
        Engine.Images.Remove("tree:1");
        var events = Engine.ReadEvents(new() { Since = before, Until = DateTimeOffset.UtcNow }).ToList();
        Assert.Equal(["create data", "mount data", "unmount data", "destroy data"], events.Where(one => one.ObjectType == "volume").Select(one => $"{one.Type} {one.Name}"));
        Assert.Equal("false", events.Single(one => one.Type == "mount").Attributes["read/write"]);
        Assert.Equal(container.Id, events.Single(one => one.Type == "mount").Attributes["container"]);
        Assert.Equal(
            ["tag other:1", "untag other:1", "import tree:1", "save tree:1", "untag tree:1", "delete", "load tree:1", "untag tree:1", "delete"],
            events.Where(one => one.ObjectType == "image").Select(one => one.Type == "delete" ? one.Type : $"{one.Type} {one.Name}"));
        Assert.Equal(["create", "start", "die", "destroy"], events.Where(one => one.ObjectType == "container").Select(one => one.Type));
    }
}
