namespace ContainerChaos.Runtime.Tests;

public sealed class RootFileSystemTests : ContainerTest
{
    [Fact]
    public void A_write_goes_to_the_upper_layer_and_never_to_the_lower_one()
    {
        File.WriteAllText(Path.Combine(TestContainer.Layer(Root), "shared"), "original\n");
        var container = Create("seq", "append", "/shared", "changed", ";", "write", "/new", "file", ";", "rm", "/target", ";", "cat", "/shared");
        container.Run();

        Assert.Equal("original\nchanged\n", container.Output());
        Assert.Equal("original\n", File.ReadAllText(Path.Combine(TestContainer.Layer(Root), "shared")));
        Assert.Equal(["shared", "target"], Directory.GetFileSystemEntries(TestContainer.Layer(Root)).Select(Path.GetFileName).Order());
        Assert.Equal("file\n", File.ReadAllText(Path.Combine(container.Paths.Upper, "new")));
    }

    [Fact]
    public void What_was_written_is_there_after_the_next_start()
    {
        var container = Create("append", "/count", "once");
        container.Run();
        container.Run();
        Assert.Equal("once\nonce\n", File.ReadAllText(Path.Combine(container.Paths.Upper, "count")));
    }

    [Fact]
    public void The_top_layer_covers_the_ones_below()
    {
        var top = Path.Combine(Root.DataRoot, "layers", "top");
        Directory.CreateDirectory(top);
        File.WriteAllText(Path.Combine(top, "which"), "top\n");
        File.WriteAllText(Path.Combine(TestContainer.Layer(Root), "which"), "base\n");
        var container = Create(["cat", "/which"], definition => definition with { LowerDirs = [top, TestContainer.Layer(Root)] });
        container.Run();
        Assert.Equal("top\n", container.Output());
    }

    [Fact]
    public void A_layer_s_path_may_hold_what_mount_options_are_separated_by()
    {
        var odd = Path.Combine(Root.DataRoot, "layers", "a:b,c=d\\e f");
        Directory.CreateDirectory(odd);
        File.WriteAllText(Path.Combine(odd, "which"), "odd\n");
        var container = Create(["cat", "/which"], definition => definition with { LowerDirs = [odd, TestContainer.Layer(Root)] });
        container.Run();
        Assert.Equal("odd\n", container.Output());
    }

    [Fact]
    public void A_plain_directory_serves_as_the_root()
    {
        var container = Create(["write", "/new", "plain"], definition => definition with { LowerDirs = [] });
        File.Copy(TestRoot.TargetPath, Path.Combine(container.Paths.RootFileSystem, "target"));
        Assert.Equal(0, container.Run().ExitCode);
        Assert.Equal("plain\n", File.ReadAllText(Path.Combine(container.Paths.RootFileSystem, "new")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(container.Paths.Upper));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_read_only_root_takes_no_write_but_its_mounts_do(bool overlay)
    {
        var container = Create(
            ["seq", "write", "/dev/shm/x", "y", ";", "write", "/new", "x"],
            definition => overlay ? definition : definition with { LowerDirs = [] },
            spec => spec with { Root = spec.Root! with { Readonly = true } });
        if (!overlay)
            File.Copy(TestRoot.TargetPath, Path.Combine(container.Paths.RootFileSystem, "target"));
        Assert.Equal(1, container.Run().ExitCode);
        Assert.Equal("write /new: EROFS", container.Output("stderr").Trim().Replace("target: ", ""));
    }

    [Fact]
    public void A_volume_is_written_through_unless_it_is_read_only()
    {
        var volume = MakeVolume();
        var container = Create(["seq", "write", "/data/rw/new", "text", ";", "cat", "/data/ro/new", ";", "write", "/data/ro/new", "no"], null, spec => spec with
        {
            Mounts = [.. spec.Mounts, Bind(volume, "/data/rw", "rbind"), Bind(volume, "/data/ro", "rbind", "ro")],
        });
        Assert.Equal(1, container.Run().ExitCode);
        Assert.Equal("text\n", File.ReadAllText(Path.Combine(volume, "new")));
        Assert.Equal("text\n", container.Output());
        Assert.Contains("EROFS", container.Output("stderr"));
    }

    [Fact]
    public void One_file_can_be_a_volume()
    {
        var file = Root["file"];
        File.WriteAllText(file, "from the host\n");
        var container = Create(["seq", "cat", "/etc/deep/er", ";", "append", "/etc/deep/er", "from inside"], null, spec => spec with { Mounts = [.. spec.Mounts, Bind(file, "/etc/deep/er", "bind")] });
        container.Run();
        Assert.Equal("from the host\n", container.Output());
        Assert.Equal("from the host\nfrom inside\n", File.ReadAllText(file));
    }

    [Fact]
    public void A_volume_whose_source_is_missing_is_named()
    {
        var container = Create(["true"], null, spec => spec with { Mounts = [.. spec.Mounts, Bind(Root["nowhere"], "/data", "bind")] });
        var error = Assert.Throws<ContainerException>(() => container.Start());
        Assert.Equal(ErrorReason.StartFailed, error.Reason);
        Assert.Contains(Root["nowhere"], error.Message);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public void A_device_node_that_a_container_makes_opens_no_device()
    {
        var volume = MakeVolume();
        var container = Create(["pause"], null, spec => spec with { Mounts = [.. spec.Mounts, Bind(volume, "/data", "rbind")] });
        container.Start();
        foreach (var directory in new[] { "/", "/data/", "/dev/", "/dev/shm/" })
        {
            // Through the container's own mounts, as mknod(2) inside would do.
            Mknod($"/proc/{container.Pid}/root{directory}made");
            var result = container.Execute("cat", directory + "made");
            Assert.Equal((directory, 1), (directory, result.ExitCode));
            Assert.Matches("EACCES|EPERM", result.Errors);
        }
        Assert.Equal(0, container.Execute("write", "/dev/null", "x").ExitCode);
    }

    [Fact]
    public void A_nosuid_volume_and_its_other_options_are_as_asked()
    {
        var container = Create(["pause"], null, spec => spec with { Mounts = [.. spec.Mounts, Bind(MakeVolume(), "/data", "rbind", "ro", "nosuid", "noexec", "noatime")] });
        container.Start();
        var options = File.ReadLines($"/proc/{container.Pid}/mountinfo").Single(line => line.Split(' ')[4] == "/data").Split(' ')[5];
        Assert.Equal(["noatime", "nodev", "noexec", "nosuid", "ro"], options.Split(',').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_where_a_mount_needs_a_directory_is_an_error_that_says_where()
    {
        File.WriteAllText(Path.Combine(TestContainer.Layer(Root), "proc"), "");
        var error = Assert.Throws<ContainerException>(() => Create("true").Start());
        Assert.Equal(ErrorReason.StartFailed, error.Reason);
        Assert.Contains("/proc", error.Message);
    }

    private string MakeVolume()
    {
        var volume = Root["volume"];
        Directory.CreateDirectory(volume);
        return volume;
    }

    private static MountSpec Bind(string source, string destination, params string[] options) =>
        new() { Type = "bind", Source = source, Destination = destination, Options = options };

    private static void Mknod(string path)
    {
        using var mknod = System.Diagnostics.Process.Start("mknod", [path, "c", "1", "5"]);
        mknod.WaitForExit();
        Assert.Equal(0, mknod.ExitCode);
    }
}
