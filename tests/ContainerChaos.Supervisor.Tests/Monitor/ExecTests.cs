using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

[Trait("Category", "Kernel")]
public sealed class ExecTests : ContainerTest
{
    [Fact]
    public void Its_exit_code_and_both_streams_come_back()
    {
        var container = Started("pause");
        Assert.Equal(new ExecResult(0, "hello\n", ""), container.Execute("echo", "hello"));
        Assert.Equal(42, container.Execute("exit", "42").ExitCode);
        Assert.Equal(128 + 11, container.Execute("crash").ExitCode);
        var failed = container.Execute("cat", "/missing");
        Assert.Equal((1, ""), (failed.ExitCode, failed.Output));
        Assert.Contains("ENOENT", failed.Errors);
        Assert.Empty(container.Output());
    }

    [Fact]
    public void It_reads_the_standard_input_it_was_given()
    {
        var container = Started("pause");
        var (read, write) = FileDescriptor.Pipe();
        using (read)
        {
            using (write)
                write.Write("through the pipe"u8);
            Assert.Equal("through the pipe", container.Execute(DockerDefaults.Process(["/target", "cat", "/dev/stdin"]), read).Output);
        }
    }

    [Fact]
    public void Its_environment_directory_and_user_are_its_own()
    {
        var container = Started("pause");
        var process = DockerDefaults.Process(["/target", "env"]) with { Env = ["ONLY=this"] };
        // HOME is always there, as under any OCI runtime: here of a root without an entry in /etc/passwd.
        Assert.Equal("HOME=/\nONLY=this\n", container.Execute(process).Output);
        process = DockerDefaults.Process(["/target", "ls"]) with { Cwd = "/proc/self/ns" };
        Assert.Contains("mnt", container.Execute(process).Output);
        process = DockerDefaults.Process(["/target", "id"]) with { User = new UserSpec { Uid = 1000, Gid = 1001, AdditionalGids = [7] }, Capabilities = null };
        Assert.StartsWith("uid=1000 euid=1000 gid=1001 egid=1001 groups=7\n", container.Execute(process).Output);
    }

    [Theory]
    [InlineData(1000u)]
    [InlineData(0u)]
    public void Any_user_may_open_its_standard_streams_by_name(uint user)
    {
        var process = DockerDefaults.Process(["/target", "append", "/dev/stdout", "text"]) with { User = new UserSpec { Uid = user, Gid = user } };
        Assert.Equal(new ExecResult(0, "text\n", ""), Started("pause").Execute(process));
    }

    [Fact]
    public void A_directory_that_is_missing_is_an_error()
    {
        var process = DockerDefaults.Process(["/target", "true"]) with { Cwd = "/missing" };
        var error = Assert.Throws<ContainerException>(() => Started("pause").Execute(process));
        Assert.Equal(ErrorReason.StartFailed, error.Reason);
        Assert.Contains("/missing", error.Message);
    }

    [Fact]
    public void A_command_that_is_missing_is_127_and_one_that_is_no_program_126()
    {
        var container = Started("pause");
        Assert.Equal(127, Assert.Throws<ContainerException>(() => container.Execute("/missing")).ExitCode);
        Assert.Equal(126, Assert.Throws<ContainerException>(() => container.Execute("/proc/version")).ExitCode);
        Assert.Equal(0, container.Execute("true").ExitCode);
    }

    [Fact]
    public async Task The_end_of_the_container_ends_it()
    {
        var container = Started("pause");
        var exec = Task.Run(() => container.Execute("sleep", "infinity"));
        container.WaitForEvent(EventTypes.ExecStart);
        container.Ask(client => client.Kill(9));
        Assert.Equal(137, (await exec).ExitCode);
        Assert.Equal(137, container.WaitForExit().ExitCode);
    }

    [Fact]
    public void Whoever_lets_go_of_it_does_not_end_it()
    {
        var container = Started("pause");
        using (var nothing = FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR))
        using (var client = container.Connect())
            client.Execute(DockerDefaults.Process(["/target", "sleep", "0.1"]), nothing, nothing, nothing).Dispose();
        Assert.Equal("0", container.WaitForEvent(EventTypes.ExecDie).Attributes["exitCode"]);
    }

    [Fact]
    public void Many_run_at_the_same_time()
    {
        var container = Started("pause");
        Parallel.For(0, 20, n => Assert.Equal(new ExecResult(n, "", ""), container.Execute("exit", n.ToString())));
        Assert.Equal(20, container.Events().Count(e => e.Type == EventTypes.ExecDie));
    }

    [Fact]
    public async Task They_race_with_the_end_of_the_container_and_always_get_an_answer()
    {
        for (var round = 0; round < Patience.Rounds(100, 10); round++)
        {
            var container = Started("pause");
            var execs = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                try
                {
                    return container.Execute("true").ExitCode;
                }
                catch (ContainerException e)
                {
                    return -(int)e.Reason;
                }
                catch (InvalidOperationException)
                {
                    return -1000; // No monitor any more.
                }
            })).ToArray();
            container.Crash();
            Assert.Equal(137, container.WaitForExit().ExitCode);
            Assert.All(await Task.WhenAll(execs), answer => Assert.Contains(answer, new[] { 0, 137, -1000, -(int)ErrorReason.InvalidState, -(int)ErrorReason.MonitorLost, -(int)ErrorReason.StartFailed }));
            Remove(container);
        }
    }
}
