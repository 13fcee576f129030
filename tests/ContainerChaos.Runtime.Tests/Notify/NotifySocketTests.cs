using System.Diagnostics;
using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Runtime.Tests.Notify;

/// <summary>A service in a container tells the host's service manager how it is (sd_notify(3)).</summary>
public sealed class NotifySocketTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly TestRoot _root = new();
    private readonly string _address;

    public NotifySocketTests()
    {
        Subreaper.Become();
        _address = _root["manager"];
        Directory.CreateDirectory(_root["bundle/rootfs"]);
        File.Copy(TestRoot.TargetPath, _root["bundle/rootfs/target"]);
    }

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_container_s_socket_lies_in_a_directory_at_the_manager_s_place_and_can_t_be_taken_away()
    {
        using var manager = new ServiceManager(_address);
        Configure("seq", "env", "NOTIFY_SOCKET", ";", "ls", _address, ";", "rm", _address + "/notify", ";", "cat", "/proc/self/mountinfo");
        var (code, output, errors) = Run("run", "service");
        Assert.Equal(0, code);
        Assert.StartsWith($"{_address}/notify\n", output);
        Assert.Contains("notify", output.Split('\n')[1]);
        Assert.Contains("EROFS", errors);
        Assert.Matches($" {_address} ro,nosuid,nodev,noexec", output);
        Assert.True(manager.IsIdle);
        Leaves_nothing();
    }

    [Fact]
    public void In_the_foreground_every_safe_message_is_passed_on_as_long_as_it_runs()
    {
        using var manager = new ServiceManager(_address);
        Configure("seq", "notify", "STATUS=warming up", ";", "notify", "MAINPID=1", "READY=1", ";", "notify", "FDSTORE=1", ";", "notify", "RELOADING=1", ";", "exit", "3");
        using var run = Start("run", "service");
        Assert.Equal(["STATUS=warming up", "READY=1", "RELOADING=1", "BARRIER=1"], Enumerable.Range(0, 4).Select(_ => manager.Receive()));
        Assert.True(run.WaitForExit(Long));
        Assert.Equal(3, run.ExitCode);
        Assert.True(manager.IsIdle);
        Leaves_nothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_detached_start_returns_when_the_service_is_ready_and_names_its_process(bool inOneCommand)
    {
        using var manager = new ServiceManager(_address);
        // It is ready when it is told to: it reads from a FIFO.
        Configure("seq", "notify", "STATUS=loading", ";", "cat", "/go", ";", "notify", "READY=1", ";", "pause");
        Fifo.Create(_root["bundle/rootfs/go"]);
        if (!inOneCommand)
            Assert.Equal(0, Call("create", "service").Code);
        using var start = inOneCommand ? Start("run", "service", "--detach") : Start("start", "service");
        Assert.Equal("STATUS=loading", manager.Receive());
        Assert.False(start.HasExited);
        File.WriteAllText(_root["bundle/rootfs/go"], "now\n");
        Assert.Equal("READY=1", manager.Receive());
        Assert.Equal($"MAINPID={File.ReadAllText(_root["pid"])}", manager.Receive());
        // It may end only when the manager has read all, which finds the unit by the sender's PID.
        Assert.False(start.HasExited);
        Assert.Equal("BARRIER=1", manager.Receive());
        Assert.True(start.WaitForExit(Long));
        Assert.Equal(0, start.ExitCode);
        Assert.Equal(0, Call("delete", "service", "--force").Code);
        Leaves_nothing();
    }

    [Fact]
    public void A_detached_start_of_a_service_that_ends_before_it_is_ready_returns()
    {
        using var manager = new ServiceManager(_address);
        Configure("seq", "notify", "STATUS=failed", "ERRNO=2", ";", "exit", "1");
        Assert.Equal(0, Call("create", "service").Code);
        using var start = Start("start", "service");
        Assert.Equal("STATUS=failed\nERRNO=2", manager.Receive());
        Assert.Equal("BARRIER=1", manager.Receive());
        Assert.True(start.WaitForExit(Long));
        Assert.Equal(0, start.ExitCode);
        Assert.True(manager.IsIdle);
        Assert.Equal(0, Call("delete", "service").Code);
        Leaves_nothing();
    }

    [Fact]
    public void A_service_that_is_waited_for_can_be_killed_and_deleted()
    {
        using var manager = new ServiceManager(_address);
        Configure("seq", "notify", "STATUS=never ready", ";", "pause");
        Assert.Equal(0, Call("create", "service").Code);
        using var start = Start("start", "service");
        Assert.Equal("STATUS=never ready", manager.Receive());
        Assert.Equal((0, "", ""), Call("delete", "service", "--force"));
        Assert.Equal("BARRIER=1", manager.Receive());
        Assert.True(start.WaitForExit(Long));
        Leaves_nothing();
    }

    [Fact]
    public void A_service_that_is_no_root_in_a_user_namespace_reaches_the_manager()
    {
        using var manager = new ServiceManager(_address);
        IReadOnlyList<IdMappingSpec> map = [new IdMappingSpec { ContainerID = 0, HostID = 100000, Size = 65536 }];
        Configure(["notify", "READY=1"], spec => spec with
        {
            Process = spec.Process! with { User = new UserSpec { Uid = 1000, Gid = 1000 } },
            Linux = spec.Linux! with { Namespaces = [.. spec.Linux.Namespaces, new NamespaceSpec { Type = "user" }], UidMappings = map, GidMappings = map },
        });
        using (var chown = Process.Start("chown", ["-hR", "100000:100000", _root["bundle/rootfs"]]))
            chown.WaitForExit();
        using var run = Start("run", "service");
        Assert.Equal("READY=1", manager.Receive());
        Assert.Equal("BARRIER=1", manager.Receive());
        Assert.True(run.WaitForExit(Long));
        Assert.Equal(0, run.ExitCode);
        Leaves_nothing();
    }

    [Fact]
    public void A_manager_with_an_abstract_name_is_told_from_a_place_of_its_own()
    {
        using var manager = new ServiceManager($"@containerchaos/{Path.GetFileName(_root.Directory)}/manager");
        Configure("seq", "env", "NOTIFY_SOCKET", ";", "notify", "READY=1");
        using var run = Start("run", "service", manager.Address);
        Assert.Equal("READY=1", manager.Receive());
        Assert.Equal("BARRIER=1", manager.Receive());
        Assert.Equal("/run/notify/notify\n", run.StandardOutput.ReadToEnd());
        Assert.True(run.WaitForExit(Long));
    }

    [Fact]
    public void A_manager_that_is_too_busy_to_read_loses_nothing_and_holds_no_signal_up()
    {
        using var manager = new ServiceManager(_address);
        using var others = DatagramSocket.Connect(_address);
        var count = 0;
        while (others.TrySend("others"u8))
            count++;
        Configure("signals");
        using var run = Start("run", "service");
        Assert.Equal("ready", run.StandardOutput.ReadLine());
        using var service = DatagramSocket.Connect(_root["ids/service/notify/notify"]);
        string[] messages = ["STATUS=1", "STATUS=2", "READY=1"];
        foreach (var message in messages)
            Assert.True(service.TrySend(Encoding.ASCII.GetBytes(message)));
        using (var process = PidFd.Open(run.Id))
        {
            process.SendSignal(1);
            Assert.Equal("SIGHUP", run.StandardOutput.ReadLine());
            Assert.All(Enumerable.Range(0, count), _ => Assert.Equal("others", manager.Receive()));
            Assert.All(messages, message => Assert.Equal(message, manager.Receive()));
            process.SendSignal(15);
            Assert.Equal("SIGTERM", run.StandardOutput.ReadLine());
            process.SendSignal(15);
        }
        Assert.Equal("BARRIER=1", manager.Receive());
        Assert.True(run.WaitForExit(Long));
        Leaves_nothing();
    }

    [Theory]
    [InlineData("/tmp/nobody-listens-here")]
    [InlineData("relative")]
    [InlineData("/")]
    [InlineData("")]
    public void Where_nobody_listens_the_container_runs(string address)
    {
        Configure("seq", "notify", "READY=1", ";", "exit", "5");
        using var run = Start("run", "service", address);
        var errors = run.StandardError.ReadToEnd();
        Assert.True(run.WaitForExit(Long));
        Assert.Equal(5, run.ExitCode);
        Assert.Equal(address.Length > 1 && address[0] == '/', errors.Contains("warning: NOTIFY_SOCKET: the service manager can't be told", StringComparison.Ordinal));
        Leaves_nothing();
    }

    [Fact]
    public void A_start_that_is_told_of_a_manager_when_create_was_not_does_not_wait()
    {
        Configure("pause");
        Assert.Equal(0, Call("create", "service", address: "").Code);
        Assert.Equal(0, Call("start", "service").Code);
        Assert.Equal(0, Call("delete", "service", "--force").Code);
        Leaves_nothing();
    }

    private void Configure(params string[] command) => Configure(command, spec => spec);

    private void Configure(string[] command, Func<RuntimeSpec, RuntimeSpec> change) => JsonFile.Write(
        _root["bundle/config.json"], change(DockerDefaults.Spec(_root.CgroupParent + "/service", ["/target", .. command])), SupervisorJson.RuntimeSpec);

    private (int Code, string Output, string Errors) Run(string verb, string id)
    {
        using var process = Start(verb, id);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Long));
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>A verb whose container lives on: what it writes goes to a file, or its end would be waited for.</summary>
    private (int Code, string Output, string Errors) Call(string verb, string id, string? option = null, string? address = null)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >\"$0\" 2>&1", _root["out"], .. Command(verb, id, option)])
        {
            Environment = { ["NOTIFY_SOCKET"] = address ?? _address },
        })!;
        Assert.True(process.WaitForExit(Long));
        return (process.ExitCode, File.ReadAllText(_root["out"]), "");
    }

    private Process Start(string verb, string id, string? addressOrOption = null)
    {
        var option = addressOrOption?.StartsWith("--", StringComparison.Ordinal) == true ? addressOrOption : null;
        return Process.Start(new ProcessStartInfo(TestRoot.CcrunPath, Command(verb, id, option)[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NOTIFY_SOCKET"] = option is null ? addressOrOption ?? _address : _address },
        })!;
    }

    private string[] Command(string verb, string id, string? option) =>
    [
        TestRoot.CcrunPath, "--root", _root["ids"], verb,
        .. verb is "run" or "create" ? ["--bundle", _root["bundle"], "--pid-file", _root["pid"]] : Array.Empty<string>(),
        .. option is null ? [] : new[] { option }, id,
    ];

    private void Leaves_nothing() => Assert.Empty(Directory.EnumerateFileSystemEntries(_root["ids"]));
}
