namespace ContainerChaos.Clients.Tests;

/// <summary>ctr run --runc-binary ccrun, with containerd's shim for runc in between.</summary>
public sealed class ContainerdTests(Containerd containerd) : IClassFixture<Containerd>
{
    [ContainerdFact]
    public void A_container_runs_and_its_output_and_exit_code_are_ctr_s()
    {
        var result = containerd.RunScript("echo out; echo err >&2; exit 7");
        Assert.Equal((7, "out\n", "err\n"), (result.ExitCode, result.Output, result.Errors));
    }

    [ContainerdFact]
    public void A_command_that_is_missing_is_said_to_be()
    {
        var result = containerd.Run(["run", "--rm", .. containerd.Arguments(containerd.NewName(), [], "missing")]);
        Assert.NotEqual(0, result.ExitCode);
        // The shim reads it from the runtime's JSON log.
        Assert.Contains("OCI runtime create failed", result.Errors);
        Assert.Contains("executable file not found in $PATH", result.Errors);
    }

    [ContainerdFact]
    public void Exec_has_its_own_user_directory_terminal_and_exit_code()
    {
        var name = containerd.Started("sleep", "1000");
        var result = containerd.Run("task", "exec", "--exec-id", "e1", "--user", "1000", "--cwd", "/tmp", name, "sh", "-c", "id -u; pwd; exit 5");
        Assert.Equal((5, "1000\n/tmp\n"), (result.ExitCode, result.Output));
        Assert.Contains("executable file not found in $PATH", containerd.Run("task", "exec", "--exec-id", "e2", name, "missing").Errors);
        Assert.Contains("/dev/pts/0", containerd.RunOnTerminal("task", "exec", "--tty", "--exec-id", "e3", name, "tty").Text);
        containerd.Remove(name);
    }

    [ContainerdFact]
    public void A_paused_container_is_known_to_be_and_resumes()
    {
        var name = containerd.Started("sleep", "1000");
        Assert.Equal("RUNNING", containerd.Status(name));
        _ = containerd.Run("task", "pause", name).Text;
        Assert.Equal("PAUSED", containerd.Status(name));
        _ = containerd.Run("task", "resume", name).Text;
        Assert.Equal("RUNNING", containerd.Status(name));
        Assert.NotEmpty(containerd.Run("task", "ps", name).Text);
        containerd.Remove(name);
    }

    [ContainerdFact]
    public void A_signal_reaches_the_first_process_and_all()
    {
        var name = containerd.Started("sleep", "1000");
        _ = containerd.Run("task", "kill", "--signal", "SIGKILL", "--all", name).Text;
        var deleted = containerd.Run("task", "delete", "--force", name);
        Assert.Contains("137", deleted.Errors);
        _ = containerd.Run("container", "rm", name).Text;
    }

    [ContainerdFact]
    public void Limits_are_set()
    {
        const string read = "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us 2>/dev/null || cat memory.max cpu.max";
        var mount = "type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro:nosuid:noexec:nodev";
        Assert.Equal(["33554432", "50000"], containerd.RunScript(read, "--memory-limit", "33554432", "--cpus", "0.5", "--mount", mount).Lines.Select(l => l.Split(' ')[0]));
        Assert.Equal(137, containerd.RunScript("tail /dev/zero & wait $!", "--memory-limit", "16777216").ExitCode);
    }

    [ContainerdFact]
    public void Containerd_hears_of_a_shortage_of_memory()
    {
        using var events = containerd.Listen();
        Assert.Equal(137, containerd.Run(["run", "--rm", .. containerd.Arguments("shortage", ["--memory-limit", "16777216"], "tail", "/dev/zero")]).ExitCode);
        Assert.Contains("shortage", events.Await("/tasks/oom"));
    }

    [ContainerdFact]
    public void Usage_is_what_metrics_show()
    {
        var name = containerd.Started("sleep", "1000");
        Assert.Contains("pids.current", containerd.Run("task", "metrics", name).Text);
        containerd.Remove(name);
    }

    [ContainerdFact]
    public void A_terminal_is_the_container_s_console_and_has_the_caller_s_size()
    {
        var lines = containerd.RunOnTerminal(["run", "--rm", "--tty", .. containerd.Arguments(containerd.NewName(), [], "sh", "-c", "tty; test -c /dev/console && echo console")]).Lines;
        Assert.Equal(["/dev/pts/0", "console"], lines);
    }

    [ContainerdFact]
    public void Security_options_reach_the_process()
    {
        Assert.Equal(["NoNewPrivs:\t1", "Seccomp:\t2"], containerd.RunScript("grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status", "--seccomp").Lines);
        Assert.Equal("Seccomp:\t0", containerd.RunScript("grep Seccomp: /proc/self/status", "--privileged").Text);
        Assert.Equal("1", containerd.RunScript("touch /x 2>/dev/null; echo $?", "--read-only").Text);
        Assert.Equal("c", containerd.RunScript("test -c /dev/zero2 && echo c || ls -l /dev/null | head -c 1", "--device", "/dev/null").Text);
    }

    [ContainerdFact]
    public void A_user_namespace_has_the_ids_that_were_asked_for()
    {
        var lines = containerd.RunScript("cat /proc/self/uid_map; id -u; touch /x && echo made", "--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536").Lines;
        Assert.Equal(["0", "100000", "65536"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["0", "made"], lines[1..]);
    }
}
