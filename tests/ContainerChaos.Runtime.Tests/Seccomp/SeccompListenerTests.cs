using System.Text.Json;

namespace ContainerChaos.Runtime.Tests;

/// <summary>linux.seccomp.listenerPath: an agent gets the listener with the container's state, and decides.</summary>
public sealed class SeccompListenerTests : ContainerTest
{
    private const string getpriority = "140", sched_yield = "24";

    [Theory]
    [InlineData(true, 0u)]
    [InlineData(false, 0u)]
    [InlineData(true, 1000u)]
    [InlineData(false, 1000u)]
    public void The_agent_answers_for_calls_of_the_container_and_of_commands_executed_in_it(bool noNewPrivileges, uint user)
    {
        using var agent = new SeccompAgent(Root["agent"], number => number == 140 ? 123 : 0);
        ProcessSpec Process(ProcessSpec process) => process with { NoNewPrivileges = noNewPrivileges, User = new UserSpec { Uid = user, Gid = user } };
        var container = Create(
            ["seq", "call", getpriority, "0", "0", ";", "call", sched_yield, ";", "echo", "done", ";", "pause"], null,
            spec => Notifying(spec, "getpriority", "sched_yield") with { Process = Process(spec.Process!) });
        container.Start();
        container.WaitForOutput("done");
        Assert.Equal("errno 123\n0\ndone\n", container.Output());
        Assert.Equal("errno 123\n", container.Execute(Process(DockerDefaults.Process(["/target", "call", getpriority, "0", "0"]))).Output);

        var state = agent.States[0];
        Assert.Equal("seccompFd", Assert.Single(state.GetProperty("fds").EnumerateArray()).GetString());
        Assert.Equal(container.Pid, state.GetProperty("pid").GetInt32());
        Assert.Equal("metadata", state.GetProperty("metadata").GetString());
        Assert.Equal("creating", state.GetProperty("state").GetProperty("status").GetString());
        Assert.Equal(container.Pid, state.GetProperty("state").GetProperty("pid").GetInt32());
        Assert.Equal("value", state.GetProperty("state").GetProperty("annotations").GetProperty("key").GetString());
        Assert.Equal("running", agent.States[1].GetProperty("state").GetProperty("status").GetString());
        Remove(container);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Calls_that_the_start_itself_makes_may_be_notified(bool noNewPrivileges)
    {
        using var agent = new SeccompAgent(Root["agent"], _ => 0);
        var container = Create(["echo", "ran"], null, spec => Notifying(spec, "execve", "openat", "open", "read", "close", "fcntl", "close_range", "rt_sigprocmask", "prctl") with
        {
            Process = spec.Process! with { NoNewPrivileges = noNewPrivileges },
        });
        Assert.Equal(0, container.Run().ExitCode);
        Assert.Equal("ran\n", container.Output());
        Remove(container);
    }

    [Fact]
    public void Without_an_agent_the_start_fails_and_says_so()
    {
        var container = Create(["true"], null, spec => Notifying(spec, "sched_yield"));
        var error = Assert.Throws<ContainerException>(() => container.Start());
        Assert.Contains("linux.seccomp.listenerPath: failed to connect with seccomp agent", error.Message);
        Assert.Contains("ENOENT", error.Message);
    }

    [Fact]
    public void A_listener_that_nothing_notifies_is_sent_where_somebody_listens_and_not_missed_where_nobody_does()
    {
        RuntimeSpec Quiet(RuntimeSpec spec) => spec with { Linux = spec.Linux! with { Seccomp = new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", ListenerPath = Root["agent"] } } };
        Assert.Equal(0, Create(["true"], null, Quiet).Run().ExitCode);
        using var agent = new SeccompAgent(Root["agent"], _ => 0);
        var container = Create(["true"], null, Quiet);
        Assert.Equal(0, container.Run().ExitCode);
        Assert.Equal(JsonValueKind.Object, Assert.Single(agent.States).ValueKind);
        Remove(container);
    }

    private RuntimeSpec Notifying(RuntimeSpec spec, params string[] calls) => spec with
    {
        Annotations = new Dictionary<string, string> { ["key"] = "value" },
        Linux = spec.Linux! with
        {
            Seccomp = new SeccompSpec
            {
                DefaultAction = "SCMP_ACT_ALLOW",
                ListenerPath = Root["agent"],
                ListenerMetadata = "metadata",
                Syscalls = [new SeccompSyscallSpec { Names = calls, Action = "SCMP_ACT_NOTIFY" }],
            },
        },
    };
}
