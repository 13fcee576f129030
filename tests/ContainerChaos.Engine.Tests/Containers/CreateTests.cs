using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class CreateTests : EngineTest
{
    private static readonly ContainerCreateOptions s_target = new() { Image = "target" };

    [Fact]
    public void A_new_container_is_created_and_not_started()
    {
        var container = Engine.Create(s_target with { Name = "api", Labels = new Dictionary<string, string> { ["a"] = "b" } });

        Assert.Equal(ContainerStatus.Created, container.State);
        Assert.Equal(["/target", "serve"], container.Command);
        Assert.Null(container.Pid);
        Assert.Null(container.ExitCode);
        Assert.Equal(64, container.Id.Length);
        Assert.Equivalent(container, Engine.Get("api"));
        Assert.Equivalent(container, new ContainerEngine(Options).Get(container.Id[..8]));
        Assert.Equal(["api"], Engine.ListNames("a"));
        Assert.Empty(Engine.ListNames("b"));
    }

    [Fact]
    public void A_name_is_made_up_when_none_is_given()
    {
        var names = Enumerable.Range(0, 20).Select(_ => Engine.Create(s_target).Name).ToArray();

        Assert.Equal(20, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[a-z]+(-[a-z0-9]+)+$", name));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("-api")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    public void A_malformed_name_is_refused(string name)
    {
        var error = Fails(ErrorReason.InvalidName, () => Engine.Create(s_target with { Name = name }));
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_belongs_to_one_container()
    {
        var first = Engine.Create(s_target with { Name = "api" });

        var error = Fails(ErrorReason.NameInUse, () => Engine.Create(s_target with { Name = "api" }));
        Assert.Contains(first.Id[..12], error.Message, StringComparison.Ordinal);

        Engine.Remove("api");
        Assert.NotEqual(first.Id, Engine.Create(s_target with { Name = "api" }).Id);
    }

    [Fact]
    public void Of_many_creators_of_a_name_one_succeeds()
    {
        var created = 0;
        Parallel.For(0, 16, _ =>
        {
            try
            {
                new ContainerEngine(Options).Create(s_target with { Name = "api" });
                Interlocked.Increment(ref created);
            }
            catch (ContainerException e) when (e.Reason == ErrorReason.NameInUse)
            {
            }
        });

        Assert.Equal(1, created);
        Assert.Single(Engine.List());
    }

    [Fact]
    public void A_name_that_a_killed_creator_left_is_free()
    {
        Engine.Remove(Engine.Create(s_target with { Name = "first" }).Id);
        File.WriteAllText(Path.Combine(Root.DataRoot, "names/api"), new string('0', 64));

        Engine.Create(s_target with { Name = "api" });

        Assert.Equal("api", Engine.Get("api").Name);
    }

    public static TheoryData<string, ErrorReason, ContainerCreateOptions> BadOptions => new()
    {
        { "3 MB", ErrorReason.LimitTooLow, s_target with { MemoryBytes = 3 << 20 } },
        { "0.001", ErrorReason.LimitTooLow, s_target with { Cpus = 0.001 } },
        { "10000", ErrorReason.InvalidArgument, s_target with { Cpus = 10_000 } },
        { "-5", ErrorReason.InvalidArgument, s_target with { PidsLimit = -5 } },
        { "pids limit 1", ErrorReason.LimitTooLow, s_target with { PidsLimit = 1, Init = true } },
        { "nowhere", ErrorReason.ImageNotFound, new() { Image = "nowhere" } },
        { "'nowhere'", ErrorReason.NetworkNotFound, s_target with { Network = "nowhere" } },
        { "'gone'", ErrorReason.ContainerNotFound, s_target with { Network = "container:gone" } },
        { "'da ta:/data'", ErrorReason.InvalidArgument, s_target with { Volumes = ["da ta:/data"] } },
        { "'/a:/b:rx'", ErrorReason.InvalidArgument, s_target with { Volumes = ["/a:/b:rx"] } },
        { "'/a:/../b'", ErrorReason.InvalidArgument, s_target with { Volumes = ["/a:/../b"] } },
        { "'/b'", ErrorReason.InvalidArgument, s_target with { Volumes = ["/tmp:/b", "/tmp:/b/"] } },
        { "'TERMINATE'", ErrorReason.InvalidArgument, s_target with { StopSignal = "TERMINATE" } },
        { "negative", ErrorReason.InvalidArgument, s_target with { StopTimeout = TimeSpan.FromSeconds(-1) } },
        { "'src'", ErrorReason.InvalidArgument, s_target with { WorkingDirectory = "src" } },
        { "'nobody'", ErrorReason.InvalidArgument, s_target with { User = "nobody" } },
        { "'under_score'", ErrorReason.InvalidArgument, s_target with { Hostname = "under_score" } },
        { "'A=B'", ErrorReason.InvalidArgument, s_target with { Env = new Dictionary<string, string> { ["A=B"] = "c" } } },
        { "command", ErrorReason.InvalidArgument, s_target with { Entrypoint = [] } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Bad_options_are_named_and_leave_nothing(string named, ErrorReason reason, ContainerCreateOptions options)
    {
        var error = Fails(reason, () => Engine.Create(options with { Name = "bad" }));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Empty(Engine.List());
        Assert.Empty(Engine.ListNames(""));
    }

    [Fact]
    public void The_runtime_spec_has_dockers_defaults()
    {
        var container = Engine.Create(s_target with { Name = "api" });
        var spec = ReadSpec(container);

        Assert.Equal("rootfs", spec.Root!.Path);
        Assert.Equal(container.Id[..12], spec.Hostname);
        Assert.Equal(["pid", "mount", "uts", "ipc", "cgroup", "network"], spec.Linux!.Namespaces.Select(space => space.Type));
        Assert.Equal($"{Root.CgroupParent}/{container.Id}", spec.Linux.CgroupsPath);
        Assert.Equal(14, spec.Process!.Capabilities!.Bounding.Count);
        Assert.True(spec.Process.NoNewPrivileges);
        Assert.Equal("/", spec.Process.Cwd);
        Assert.Equal(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=" + container.Id[..12], "HOME=/"], spec.Process.Env);
        Assert.Equal(["/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname"], spec.Mounts.Select(mount => mount.Destination));
        Assert.Null(spec.Linux.Resources!.Memory);
    }

    [Fact]
    public void Limits_volumes_and_the_user_reach_the_runtime_spec()
    {
        Engine.Images.Import(MakeTree(), "app", new ImportOptions { Env = ["PATH=/bin", "A=image"], User = "app", StopSignal = "INT", WorkingDirectory = "/etc" });
        var volume = Root["made/on/demand"];
        var container = Engine.Create(new ContainerCreateOptions
        {
            Name = "api",
            Image = "app",
            Command = ["/hello", "world"],
            MemoryBytes = 64 << 20,
            Cpus = 0.5,
            PidsLimit = 10,
            Network = "host",
            ReadOnly = true,
            Volumes = [volume + ":/data:ro"],
            Env = new Dictionary<string, string> { ["A"] = "own" },
        });
        var spec = ReadSpec(container);

        Assert.True(Directory.Exists(volume));
        Assert.Equal((64L << 20, 64L << 20), (spec.Linux!.Resources!.Memory!.Limit, spec.Linux.Resources.Memory.Swap));
        Assert.Equal((50_000L, 100_000UL), (spec.Linux.Resources.Cpu!.Quota, spec.Linux.Resources.Cpu.Period));
        Assert.Equal(10, spec.Linux.Resources.Pids!.Limit);
        Assert.DoesNotContain("network", spec.Linux.Namespaces.Select(space => space.Type));
        Assert.Equal((1000u, 1001u), (spec.Process!.User.Uid, spec.Process.User.Gid));
        Assert.Equal([1001u, 44u], spec.Process.User.AdditionalGids);
        Assert.Empty(spec.Process.Capabilities!.Effective);
        // In the host's network it has the host's name.
        Assert.Equal(["PATH=/bin", "HOSTNAME=" + File.ReadAllText("/proc/sys/kernel/hostname").Trim(), "HOME=/home/app", "A=own"], spec.Process.Env);
        Assert.Equal("/etc", spec.Process.Cwd);
        Assert.True(spec.Root!.Readonly);
        Assert.Contains("ro", spec.Mounts[^1].Options);
        Assert.Equal(2, container.StopSignal);
    }

    [Theory]
    [InlineData("1000", 1000u, 1001u)]
    [InlineData("app:video", 1000u, 44u)]
    [InlineData("4711", 4711u, 0u)]
    [InlineData("4711:12", 4711u, 12u)]
    [InlineData("root", 0u, 0u)]
    public void Users_are_looked_up_in_the_image(string user, uint userId, uint groupId)
    {
        Engine.Images.Import(MakeTree(), "app");
        var spec = ReadSpec(Engine.Create(new ContainerCreateOptions { Image = "app", Command = ["/hello"], User = user }));

        Assert.Equal((userId, groupId), (spec.Process!.User.Uid, spec.Process.User.Gid));
    }

    [Fact]
    public void An_entrypoint_replaces_the_images_command_too()
    {
        Assert.Equal(["/target", "echo", "hi"], Engine.Create(s_target with { Command = ["echo", "hi"] }).Command);
        Assert.Equal(["/bin/app"], Engine.Create(s_target with { Entrypoint = ["/bin/app"] }).Command);
        Assert.Equal(["/bin/app", "-v"], Engine.Create(s_target with { Entrypoint = ["/bin/app"], Command = ["-v"] }).Command);
    }

    [Fact]
    public void A_full_disk_is_named_and_nothing_stays_on_it()
    {
        using var disk = new SmallDisk(Root["small"], megabytes: 4);
        var engine = new ContainerEngine(Options with { DataRoot = Path.Combine(disk.Path, "data") });
        engine.Create(s_target with { Name = "fits" });
        Fill(Path.Combine(disk.Path, "filler"));

        var error = Fails(ErrorReason.DiskFull, () => engine.Create(s_target with { Name = "late" }));

        Assert.Equal(Errno.ENOSPC, error.Errno);
        Assert.Contains("'late'", error.Message, StringComparison.Ordinal);
        Assert.Equal(["fits"], engine.List().Select(container => container.Name));
        Assert.Equal(["fits"], engine.ListNames(""));
        Assert.Single(Directory.GetDirectories(Path.Combine(disk.Path, "data/containers")));
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path, bufferSize: 0);
        try
        {
            while (true)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
        }
    }

    private RuntimeSpec ReadSpec(Container container) =>
        RuntimeSpecJson.Read(new ContainerPaths(container.RootPath, Path.Combine(Root.RunRoot, container.Id)).Spec);
}
