using static ContainerChaos.Runtime.Tests.Bundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>Where a mount goes, and what is made there.</summary>
public sealed class MountPlaceTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Bundle _bundle;

    public MountPlaceTests() => _bundle = new Bundle(_root);

    public void Dispose() => _root.Dispose();

    [BusyboxFact]
    public void A_relative_source_is_below_the_bundle()
    {
        File.WriteAllText(Path.Combine(_bundle.Directory, "beside"), "here");
        Assert.Equal("here", _bundle.With(Bind("beside", "/etc/deep/er/file")).Read("cat /etc/deep/er/file"));
    }

    [BusyboxFact]
    public void A_destination_needs_no_leading_slash_and_may_have_too_many()
    {
        var mounts = _bundle.With(Tmpfs("mnt/relative"), Tmpfs("/mnt//slashes/./x")).ReadMounts();
        Assert.Contains(mounts, m => m.Point == "/mnt/relative");
        Assert.Contains(mounts, m => m.Point == "/mnt/slashes/x");
    }

    [BusyboxTheory]
    [InlineData("/real/conf")]
    [InlineData("real/conf")]
    [InlineData("../../../real/conf")]
    public void A_symbolic_link_on_the_way_is_followed_inside(string target)
    {
        Directory.CreateDirectory(Path.Combine(_bundle.RootFileSystem, "real/conf"));
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "conf"), target);
        Assert.Equal("tmpfs", _bundle.With(Tmpfs("/conf/stack")).ReadMount("/real/conf/stack").Type);
    }

    [BusyboxFact]
    public void What_a_dangling_link_names_is_made()
    {
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "jump"), "/tmp/foo/bar");
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "etc/hosts"), "/jump/baz/hosts");
        File.WriteAllText(_bundle.Outside("hosts"), "127.0.0.1 localhost");
        Assert.Equal("127.0.0.1 localhost", _bundle.With(Bind(_bundle.Outside("hosts"), "/etc/hosts")).Read("cat /tmp/foo/bar/baz/hosts"));
    }

    [BusyboxFact]
    public void Links_in_a_circle_are_an_error()
    {
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "b"), "a");
        var (code, _, errors) = _bundle.With(Tmpfs("/a/x")).Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("ELOOP", errors);
    }

    [BusyboxFact]
    public void Directories_are_made_with_their_parents_and_inherit_the_group()
    {
        Directory.CreateDirectory(Path.Combine(_bundle.RootFileSystem, "shared"));
        File.SetUnixFileMode(Path.Combine(_bundle.RootFileSystem, "shared"), (UnixFileMode)0xFED /* 07755 */);
        _bundle.With(Tmpfs("/shared/a/b"));
        Assert.Equal("2755\n", _bundle.Read("stat -c %a /shared/a"));
    }

    [BusyboxFact]
    public void A_file_in_the_way_is_named()
    {
        File.WriteAllText(Path.Combine(_bundle.RootFileSystem, "etc/file"), "");
        var (code, _, errors) = _bundle.With(Tmpfs("/etc/file/x")).Run("true");
        Assert.NotEqual(0, code);
        Assert.Contains("/etc/file/x", errors);
        Assert.Contains("not a directory (ENOTDIR)", errors);
    }

    [BusyboxFact]
    public void What_can_t_be_made_because_the_root_is_read_only_is_said()
    {
        var (code, _, errors) = _bundle.With(Tmpfs("/missing/here")).Run(
            "true", $"mount --bind {_bundle.RootFileSystem} {_bundle.RootFileSystem} && mount -o remount,ro,bind {_bundle.RootFileSystem}");
        Assert.NotEqual(0, code);
        Assert.Contains("/missing/here", errors);
        Assert.Contains("Read-only file system", errors);
    }

    [BusyboxFact]
    public void A_source_may_be_what_was_mounted_before()
    {
        var inside = Path.Combine(_bundle.RootFileSystem, "mnt/x");
        Directory.CreateDirectory(Path.Combine(_bundle.Outside("volume"), "x"));
        File.WriteAllText(Path.Combine(_bundle.Outside("volume"), "x/file"), "once more");
        _bundle.With(Bind(_bundle.Outside("volume"), "/mnt"), new MountSpec { Source = inside, Destination = Path.Combine(_bundle.RootFileSystem, "final"), Options = ["rbind"] });
        Assert.Equal("once more", _bundle.Read("cat /final/file"));
    }

    [BusyboxFact]
    public void A_socket_a_fifo_and_a_symbolic_link_s_target_can_be_mounted()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(_bundle.Outside("s")));
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [_bundle.Outside("f")]))
            mkfifo.WaitForExit();
        File.CreateSymbolicLink(_bundle.Outside("l"), "f");
        _bundle.With(Bind(_bundle.Outside("s"), "/s", "ro"), Bind(_bundle.Outside("f"), "/f", "rro"), Bind(_bundle.Outside("l"), "/l"));
        Assert.Equal("socket\nfifo\nfifo\n", _bundle.Read("stat -c %F /s /f /l"));
    }

    [BusyboxFact]
    public void A_symbolic_link_can_be_copied_or_mounted_itself()
    {
        var link = _bundle.Outside("link");
        File.CreateSymbolicLink(link, "to/nowhere");
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "covered"), "something");
        _bundle.With(Bind(link, "/a/copy", "copy-symlink"), Bind(link, "/covered", "src-nofollow", "dest-nofollow"));
        Assert.Equal("to/nowhere\nto/nowhere\n", _bundle.Read("readlink /a/copy; readlink /covered"));
        // The copy is there now, and the same; another one would not be taken over.
        Assert.Equal(0, _bundle.Run("true").Code);
        File.Delete(Path.Combine(_bundle.RootFileSystem, "a/copy"));
        File.CreateSymbolicLink(Path.Combine(_bundle.RootFileSystem, "a/copy"), "elsewhere");
        Assert.Contains("/a/copy", _bundle.Run("true").Errors);
    }

    [BusyboxFact]
    public void The_root_itself_can_be_mounted_over()
    {
        var other = _bundle.Outside("other");
        using (var copy = System.Diagnostics.Process.Start("cp", ["-a", _bundle.RootFileSystem, other]))
            copy.WaitForExit();
        File.WriteAllText(Path.Combine(other, "which"), "the other");
        _bundle.Spec = _bundle.Spec with { Mounts = [Bind(other, "/"), .. _bundle.Spec.Mounts] };
        Assert.Equal("the other", _bundle.Read("cat /which"));
    }

    [BusyboxFact]
    public void A_tmpfs_has_the_mode_of_the_directory_that_it_covers()
    {
        Directory.CreateDirectory(Path.Combine(_bundle.RootFileSystem, "there"));
        File.SetUnixFileMode(Path.Combine(_bundle.RootFileSystem, "there"), (UnixFileMode)0x1C8 /* 0710 */);
        _bundle.With(Tmpfs("/there"), Tmpfs("/not/there"), Tmpfs("/there/said", "mode=1500"));
        Assert.Equal("710\n1777\n1500\n", _bundle.Read("stat -c %a /there /not/there /there/said"));
        Assert.Contains("mode=710", _bundle.ReadMount("/there").SuperOptions);
    }

    [BusyboxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tmpfs_can_begin_with_what_it_covers(bool userNamespace)
    {
        var image = Path.Combine(_bundle.RootFileSystem, "image");
        Directory.CreateDirectory(Path.Combine(image, "sub"));
        File.WriteAllText(Path.Combine(image, "sub/file"), "content");
        File.SetUnixFileMode(Path.Combine(image, "sub"), (UnixFileMode)0x3FF /* 01777 */);
        File.SetLastWriteTimeUtc(Path.Combine(image, "sub/file"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        File.CreateSymbolicLink(Path.Combine(image, "link"), "/etc/shadow");
        if (userNamespace)
            _bundle.InUserNamespace();
        Chown(userNamespace ? "100007:100008" : "7:8", Path.Combine(image, "sub/file"));
        _bundle.With(Tmpfs("/image", "tmpcopyup", "ro"));
        Assert.Equal(
            "content 7:8 2001-02-03 04:05:06 1777 /etc/shadow tmpfs\n",
            _bundle.Read("echo $(cat /image/sub/file) $(stat -c '%u:%g' /image/sub/file) $(TZ=UTC stat -c %y /image/sub/file | head -c19) $(stat -c %a /image/sub) $(readlink /image/link) $(stat -f -c %T /image)"));
        Assert.StartsWith("ro", _bundle.ReadMount("/image").Options);
    }

    [BusyboxFact]
    public void Only_a_tmpfs_copies_up_and_never_the_root()
    {
        Assert.Contains("tmpcopyup", new Bundle(_root).With(new MountSpec { Type = "mqueue", Destination = "/x", Options = ["tmpcopyup"] }).Run("true").Errors);
        Assert.Contains("tmpcopyup", new Bundle(_root).With(Tmpfs("/", "tmpcopyup")).Run("true").Errors);
    }

    private static void Chown(string owner, string path)
    {
        using var chown = System.Diagnostics.Process.Start("chown", [owner, path]);
        chown.WaitForExit();
    }
}
