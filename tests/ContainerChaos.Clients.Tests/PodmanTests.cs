using System.Globalization;

namespace ContainerChaos.Clients.Tests;

/// <summary>podman --runtime ccrun.</summary>
public sealed class PodmanTests(Podman podman) : IClassFixture<Podman>
{
    [PodmanFact]
    public void A_container_runs_and_its_output_and_exit_code_are_podman_s()
    {
        var result = podman.RunScript("echo out; echo err >&2; exit 7");
        Assert.Equal((7, "out\n", "err\n"), (result.ExitCode, result.Output, result.Errors));
    }

    [PodmanFact]
    public void A_command_that_can_t_be_executed_has_the_exit_code_that_podman_documents()
    {
        var missing = podman.Run(["run", "--rm", .. podman.Arguments([], "missing")]);
        Assert.Equal(127, missing.ExitCode);
        Assert.Contains("executable file not found in $PATH", missing.Errors);
        Assert.Equal(126, podman.Run(["run", "--rm", .. podman.Arguments([], "/etc")]).ExitCode);
    }

    [PodmanFact]
    public void Exec_has_its_own_user_environment_directory_and_exit_code()
    {
        var name = podman.Started([], "sleep", "1000");
        var result = podman.Run("exec", "--user", "app", "--env", "A=b", "--workdir", "/tmp", name, "sh", "-c", "id -un; echo $A; pwd; exit 5");
        Assert.Equal((5, "app\nb\n/tmp\n"), (result.ExitCode, result.Output));
        Assert.Equal(127, podman.Run("exec", name, "missing").ExitCode);
        Assert.Equal("/dev/pts/0", podman.RunOnTerminal("exec", "-it", name, "tty").Text);
        _ = podman.Run("rm", "--force", "--time", "0", name).Text;
    }

    [PodmanFact]
    public void A_paused_container_is_known_to_be_and_goes_on()
    {
        var name = podman.Started([], "sleep", "1000");
        _ = podman.Run("pause", name).Text;
        Assert.Equal("paused", podman.Inspect(name, "{{.State.Status}}"));
        _ = podman.Run("unpause", name).Text;
        Assert.Equal("running", podman.Inspect(name, "{{.State.Status}}"));
        Assert.Contains("sleep 1000", podman.Run("top", name).Text);
        _ = podman.Run("pause", name).Text;
        _ = podman.Run("rm", "--force", "--time", "0", name).Text;
    }

    [PodmanFact]
    public void Stop_sends_the_stop_signal_and_restart_starts_again()
    {
        var name = podman.Started([], "sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done");
        using (var log = podman.Listen("logs", "--follow", name))
            log.Await("ready");
        _ = podman.Run("stop", "--time", "10", name).Text;
        Assert.Equal("exited 9", podman.Inspect(name, "{{.State.Status}} {{.State.ExitCode}}"));
        _ = podman.Run("start", name).Text;
        var first = podman.Inspect(name, "{{.State.Pid}}");
        _ = podman.Run("restart", "--time", "0", name).Text;
        Assert.NotEqual(first, podman.Inspect(name, "{{.State.Pid}}"));
        _ = podman.Run("kill", name).Text;
        Assert.Equal("137", podman.Run("wait", name).Text);
        _ = podman.Run("rm", name).Text;
    }

    /// <summary>
    /// podman 4.3 looks for the mark of an end for want of memory in its bundle, but has its monitor, conmon, put it into the
    /// directory that podman was called from; later ones look where conmon puts it. So it is called from there.
    /// </summary>
    [PodmanFact]
    public void An_end_for_want_of_memory_is_seen()
    {
        var name = podman.NewName();
        _ = podman.Run(["create", "--name", name, .. podman.Arguments(["--memory", "16m"], "tail", "/dev/zero")]).Text;
        Assert.Equal(137, podman.RunFrom(podman.BundleOf(name), "start", "--attach", name).ExitCode);
        Assert.Equal("137 true", podman.Inspect(name, "{{.State.ExitCode}} {{.State.OOMKilled}}"));
        _ = podman.Run("rm", name).Text;
    }

    [PodmanFact]
    public void Limits_are_set_and_updated()
    {
        const string read = "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes pids/pids.max cpu/cpu.cfs_quota_us 2>/dev/null || cat memory.max pids.max cpu.max";
        Assert.Equal(["33554432", "20", "50000"], podman.RunScript(read, "--memory", "32m", "--pids-limit", "20", "--cpus", "0.5").Lines.Select(l => l.Split(' ')[0]));
        var name = podman.Started(["--memory", "32m"], "sleep", "1000");
        _ = podman.Run("update", "--memory", "64m", name).Text;
        Assert.Equal("67108864", podman.Run("exec", name, "sh", "-c", "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes 2>/dev/null || cat memory.max").Text);
        _ = podman.Run("rm", "--force", "--time", "0", name).Text;
    }

    [PodmanFact]
    public void A_terminal_is_the_container_s_console_and_has_the_caller_s_size()
    {
        var lines = podman.RunOnTerminal(["run", "--rm", "-it", .. podman.Arguments([], "sh", "-c", "tty; stty size; test -c /dev/console && echo console")]).Lines;
        Assert.Equal(["/dev/pts/0", "30 100", "console"], lines);
    }

    [PodmanFact(needsInit: true)]
    public void An_init_is_the_first_process() =>
        Assert.Contains("podman-init", podman.RunScript("true; cat /proc/1/cmdline", "--init", "--init-path", ClientPrograms.Init!).Text);

    [PodmanFact]
    public void A_user_is_known_by_name_or_by_number()
    {
        Assert.Equal("uid=1000(app) gid=1000(app) groups=1000(app)", podman.RunScript("id", "--user", "app").Text);
        Assert.StartsWith("uid=1234", podman.RunScript("id", "--user", "1234:567", "--group-add", "99").Text);
        Assert.Equal(["0000000000000000"], podman.RunScript("grep CapEff /proc/self/status", "--user", "app").Lines.Select(l => l.Split('\t')[1]));
    }

    /// <summary>podman asks for its defaults without a look at what the host can give.</summary>
    [PodmanFact]
    public void A_limit_above_the_host_s_is_as_high_as_the_host_s()
    {
        const long asked = 1 << 20;
        var given = long.Parse(podman.RunScript("ulimit -n", "--ulimit", $"nofile={asked}:{asked}").Text, CultureInfo.InvariantCulture);
        Assert.InRange(given, 1, asked);
    }

    [PodmanFact]
    public void A_user_namespace_has_the_ids_that_were_asked_for()
    {
        var lines = podman.RunScript("cat /proc/self/uid_map; id -u; touch /x && ls -n /x", "--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536").Lines;
        Assert.Equal(["0", "100000", "65536"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("0", lines[1]);
    }

    [PodmanFact]
    public void Mounts_and_a_root_that_is_read_only()
    {
        var result = podman.RunScript("touch /x 2>/dev/null || touch /y/x && ls /z && echo >> /z", "--read-only", "--tmpfs", "/y", "--volume", "/etc/passwd:/z:ro");
        Assert.Equal((1, "/z\n"), (result.ExitCode, result.Output));
        Assert.Contains("Read-only file system", result.Errors);
    }

    [PodmanFact]
    public void Security_options_reach_the_process()
    {
        Assert.Equal(
            ["CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"],
            podman.RunScript("grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status", "--cap-drop", "all", "--security-opt", "no-new-privileges").Lines);
        Assert.Equal("Seccomp:\t0", podman.RunScript("grep Seccomp: /proc/self/status", "--privileged").Text);
    }
}
