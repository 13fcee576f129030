using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class CopyTests : ShellTest
{
    /// <summary>The rules of docker cp, SRC_PATH and DEST_PATH, in both directions; what is asked of the result is a path and its text.</summary>
    [BusyboxFact]
    public void Files_and_folders_go_where_docker_cp_puts_them()
    {
        ImportShell();
        var container = Idle();
        var host = Root["host"];
        Directory.CreateDirectory(host + "/tree/deep");
        Directory.CreateDirectory(host + "/there");
        File.WriteAllText(host + "/file", "file");
        File.WriteAllText(host + "/tree/deep/leaf", "leaf");
        Shell(container, "mkdir -p /there /full/tree; echo -n old > /taken; echo -n keep > /full/tree/other");

        In("file", "/new", "/new", "file");
        In("file", "/taken", "/taken", "file");
        In("file", "/there", "/there/file", "file");
        In("file", "/there/", "/there/file", "file");
        In("tree", "/made", "/made/deep/leaf", "leaf");
        In("tree", "/there", "/there/tree/deep/leaf", "leaf");
        In("tree/.", "/there", "/there/deep/leaf", "leaf");
        In("tree/", "/full", "/full/tree/deep/leaf", "leaf");
        Assert.Equal("keep", Shell(container, "cat /full/tree/other"));
        Fails(ErrorReason.PathNotFound, () => Copy("file", "/nowhere/", isIn: true));
        Fails(ErrorReason.PathNotFound, () => Copy("file", "/nowhere/deeper", isIn: true));
        Fails(ErrorReason.PathNotFound, () => Copy("nothing", "/there", isIn: true));
        Fails(ErrorReason.InvalidArgument, () => Copy("tree", "/taken", isIn: true));
        Fails(ErrorReason.InvalidArgument, () => Copy("file/", "/there", isIn: true));
        Fails(ErrorReason.InvalidArgument, () => Copy("file", "/taken/", isIn: true));
        Shell(container, "mkdir /there/dir; mkdir -p /clash/dir; rm -r /clash/dir; echo x > /clash/dir");
        Directory.CreateDirectory(host + "/clash/dir");
        Fails(ErrorReason.InvalidArgument, () => Copy("clash/.", "/clash", isIn: true));

        Out("/made/deep/leaf", "leaf", "leaf", "leaf");
        Out("/made", "out", "out/deep/leaf", "leaf");
        Out("/made", "there", "there/made/deep/leaf", "leaf");
        Out("/made/.", "there", "there/deep/leaf", "leaf");
        Out("/made/../made/deep", "there", "there/deep/leaf", "leaf");
        Out("/../../../taken", "up", "up", "file");
        Fails(ErrorReason.PathNotFound, () => Copy("/none", "there", isIn: false));

        void In(string from, string to, string path, string text)
        {
            Copy(from, to, isIn: true);
            Assert.Equal(text, Shell(container, "cat " + path));
        }

        void Out(string from, string to, string path, string text)
        {
            Copy(from, to, isIn: false);
            Assert.Equal(text, File.ReadAllText($"{host}/{path}"));
        }

        void Copy(string from, string to, bool isIn) => Engine.Copy(
            [isIn ? OnHost($"{host}/{from}") : new CopyLocation(container.Name, from)], isIn ? new CopyLocation(container.Name, to) : OnHost($"{host}/{to}"));
    }

    [BusyboxFact]
    public void Owners_modes_times_and_links_are_kept_as_far_as_was_asked()
    {
        ImportShell();
        var container = Idle();
        Shell(container, "mkdir /d; echo -n 1 > /d/one; ln /d/one /d/two; ln -s one /d/link; mkfifo /d/pipe; mknod /d/null c 1 3; chown 1000:1001 /d /d/one; chmod 4751 /d/one; chmod 2750 /d; touch -d '2001-02-03 04:05:06' /d/one /d");

        var result = Engine.Copy([Of(container, "/d")], OnHost(Root["plain"]));

        Assert.Contains("device node", Assert.Single(result.Warnings), StringComparison.Ordinal);
        var one = FileStatus.Read(Root["plain/one"]);
        Assert.Equal((0x1E9u /* 0751 */, 0u, 2u), (one.Mode, one.UserId, one.Links));
        Assert.Equal(new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc), File.GetLastWriteTimeUtc(Root["plain/one"]));
        Assert.Equal(new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc), Directory.GetLastWriteTimeUtc(Root["plain"]));
        Assert.Equal(one.Inode, FileStatus.Read(Root["plain/two"]).Inode);
        Assert.Equal("one", new FileInfo(Root["plain/link"]).LinkTarget);
        Assert.Equal(FileKind.Fifo, FileStatus.Read(Root["plain/pipe"]).Kind);
        Assert.False(Path.Exists(Root["plain/null"]));

        Engine.Copy([Of(container, "/d")], OnHost(Root["archive"]), new ContainerCopyOptions { Archive = true });
        one = FileStatus.Read(Root["archive/one"]);
        Assert.Equal((0x9E9u /* 04751 */, 1000u, 1001u), (one.Mode, one.UserId, one.GroupId));

        Engine.Copy([Of(container, "/d/link")], OnHost(Root["as-link"]));
        Assert.Equal("one", new FileInfo(Root["as-link"]).LinkTarget);
        Engine.Copy([Of(container, "/d/link")], OnHost(Root["followed"]), new ContainerCopyOptions { FollowLink = true });
        Assert.Equal("1", File.ReadAllText(Root["followed"]));

        Engine.Copy([OnHost(Root["archive"] + "/.")], Of(container, "/back"), new ContainerCopyOptions { Archive = true });
        Assert.Equal("4751 1000:1001", Shell(container, "stat -c '%a %u:%g' /back/one"));
        Engine.Copy([OnHost(Root["archive/one"])], Of(container, "/root-s"));
        Assert.Equal("4751 0:0", Shell(container, "stat -c '%a %u:%g' /root-s"));
    }

    [BusyboxFact]
    public void A_running_and_a_stopped_container_show_their_volumes()
    {
        ImportShell();
        Directory.CreateDirectory(Root["shared"]);
        File.WriteAllText(Root["note"], "note");
        var container = Idle(options => options with { Volumes = [Root["shared"] + ":/mnt/shared", Root["shared"] + ":/mnt/fixed:ro"] });
        Shell(container, "echo -n memory > /dev/shm/file; echo -n upper > /upper");

        Engine.Copy([Of(container, "/dev/shm/file")], OnHost(Root["memory"]));
        Engine.Copy([OnHost(Root["note"])], Of(container, "/mnt/shared/running"));
        Engine.Copy([OnHost(Root["note"])], Of(container, "/etc/hosts-of-mine"));
        Assert.Equal("memory", File.ReadAllText(Root["memory"]));
        Assert.Equal("note", File.ReadAllText(Root["shared/running"]));
        Assert.Contains("read-only", Fails(ErrorReason.PermissionDenied, () => Engine.Copy([OnHost(Root["note"])], Of(container, "/mnt/fixed/note"))).Message, StringComparison.Ordinal);

        Engine.Stop(container.Id);
        Engine.Copy([OnHost(Root["note"])], Of(container, "/mnt/shared/stopped"));
        Engine.Copy([Of(container, "/upper"), Of(container, "/mnt/shared/stopped")], OnHost(Root["shared"]));
        Engine.Copy([OnHost(Root["note"])], Of(container, "/made-while-down"));
        Assert.Equal("note", File.ReadAllText(Root["shared/stopped"]));
        Assert.Equal("upper", File.ReadAllText(Root["shared/upper"]));
        Fails(ErrorReason.PermissionDenied, () => Engine.Copy([OnHost(Root["note"])], Of(container, "/mnt/fixed/note")));
        Engine.Start(container.Id);
        Assert.Equal("note", Shell(container, "cat /made-while-down"));

        var fresh = Engine.Create(Busybox("/bin/cat", "/injected"));
        Engine.Copy([OnHost(Root["note"])], Of(fresh, "/injected"));
        Engine.Start(fresh.Id);
        Engine.Wait(fresh.Id);
        Assert.Equal("note", Engine.ReadLog(fresh.Id).Single().Line);
    }

    [BusyboxFact]
    public void Patterns_and_several_sources_go_into_a_folder_and_between_containers()
    {
        ImportShell();
        var (one, other) = (Idle(), Idle());
        Shell(one, "mkdir /logs; for n in a b c; do echo -n $n > /logs/$n.log; done; echo -n z > '/logs/*'; echo no > /logs/no.txt");

        Engine.Copy([Of(one, "/logs/*.log")], Of(other, "/root"));
        Assert.Equal("abc", Shell(other, "cat /root/a.log /root/b.log /root/c.log; ls /root/no.txt 2>&- || true"));
        Engine.Copy([Of(one, "/logs/*")], OnHost(Root["star"]));
        Assert.Equal("z", File.ReadAllText(Root["star"]));
        Fails(ErrorReason.InvalidArgument, () => Engine.Copy([Of(one, "/logs/?.log")], Of(other, "/single")));
        Fails(ErrorReason.PathNotFound, () => Engine.Copy([Of(one, "/logs/*.none")], Of(other, "/root")));
        Fails(ErrorReason.InvalidArgument, () => Engine.Copy([Of(one, "/logs")], Of(one, "/logs/into")));
        Fails(ErrorReason.InvalidArgument, () => Engine.Copy([Of(one, "/logs/a.log")], Of(one, "/logs/a.log")));
        Assert.Equal("a", Shell(one, "cat /logs/a.log"));
        Fails(ErrorReason.ContainerNotFound, () => Engine.Copy([new CopyLocation("nobody", "/x")], OnHost(Root["x"])));
    }

    [BusyboxFact]
    public void Links_that_a_container_puts_in_the_way_lead_to_its_own_files()
    {
        ImportShell();
        var container = Idle();
        var secret = Root["secret"];
        Directory.CreateDirectory(secret);
        File.WriteAllText(secret + "/key", "the host's");
        File.WriteAllText(Root["note"], "note");
        Shell(container, $"mkdir -p {secret} /d; ln -s {secret} /d/abs; ln -s ../../../../../../../..{secret} /d/up; ln -s {secret}/key /d/file; ln -s /proc/1/root/etc /d/magic; echo -n own > {secret}/key");

        Engine.Copy([OnHost(Root["note"])], Of(container, "/d/abs/note"));
        Engine.Copy([OnHost(Root["note"])], Of(container, "/d/up/note2"));
        Engine.Copy([Of(container, "/d/file")], OnHost(Root["out"]), new ContainerCopyOptions { FollowLink = true });
        Engine.Copy([OnHost(Root["note"])], Of(container, "/d/file"));

        Assert.Equal("own", File.ReadAllText(Root["out"]));
        Assert.Equal("note note note", Shell(container, $"echo $(cat {secret}/note) $(cat {secret}/note2) $(cat {secret}/key)"));
        Assert.Equal(["key"], Directory.EnumerateFileSystemEntries(secret).Select(Path.GetFileName));
        Assert.Equal("the host's", File.ReadAllText(secret + "/key"));
    }

    [BusyboxFact]
    public void A_container_that_swaps_its_folders_for_links_while_they_are_copied_reaches_nothing_of_the_host()
    {
        ImportShell();
        var secret = Root["secret"];
        Directory.CreateDirectory(secret + "/sub");
        File.WriteAllText(secret + "/sub/key", "the host's");
        File.SetUnixFileMode(secret + "/sub/key", UnixFileMode.UserRead);
        var tree = Root["tree"];
        Directory.CreateDirectory(tree + "/d/sub");
        File.WriteAllText(tree + "/d/sub/key", "the copy's");
        var container = Engine.Start(Engine.Create(Busybox(
            "/bin/sh", "-c", $"mkdir -p /w/d/sub /keep/sub; echo -n own > /keep/sub/key; while :; do mv /w/d /w/e; ln -s {secret} /w/d; rm /w/d; mv /w/e /w/d; mv /w/d/sub /w/s; ln -s {secret}/sub /w/d/sub; rm /w/d/sub; ln -s {secret}/sub/key /w/d/sub; rm /w/d/sub; mv /w/s /w/d/sub; done") with
        { StopTimeout = TimeSpan.Zero }).Id);
        var (done, refused) = (0, 0);

        for (var round = 0; round < 150; round++)
        {
            try
            {
                Engine.Copy([OnHost(tree + "/.")], Of(container, "/w"), new ContainerCopyOptions { Archive = true });
                Engine.Copy([Of(container, "/w/d/sub/key")], OnHost(Root["taken"]), new ContainerCopyOptions { FollowLink = true });
                Assert.NotEqual("the host's", File.ReadAllText(Root["taken"]));
                done++;
            }
            catch (ContainerException e) when (e.Reason is ErrorReason.InvalidArgument or ErrorReason.PathNotFound or ErrorReason.KernelError)
            {
                refused++;
            }
        }

        Assert.Equal(150, done + refused);
        Assert.NotEqual(0, done);
        Assert.Equal("the host's", File.ReadAllText(secret + "/sub/key"));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(secret + "/sub/key"));
        Assert.Equal(["sub"], Directory.EnumerateFileSystemEntries(secret).Select(Path.GetFileName));
    }

    [BusyboxFact]
    public void A_pipe_and_a_device_are_not_opened()
    {
        ImportShell();
        var container = Idle();
        Shell(container, "mkfifo /pipe; mknod /zero c 1 5");

        Engine.Copy([Of(container, "/pipe")], OnHost(Root["pipe"]));
        Assert.Equal(FileKind.Fifo, FileStatus.Read(Root["pipe"]).Kind);
        Assert.Single(Engine.Copy([Of(container, "/zero")], OnHost(Root["zero"])).Warnings);
        Assert.False(Path.Exists(Root["zero"]));
        Assert.Single(Engine.Copy([Of(container, "/dev/zero")], OnHost(Root["zero"])).Warnings);
    }

    private static CopyLocation OnHost(string path) => new(null, path);

    private static CopyLocation Of(Container container, string path) => new(container.Id, path);
}
