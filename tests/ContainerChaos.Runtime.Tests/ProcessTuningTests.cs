using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>When and where the command runs, with which limits and in which environment: as the kernel sees it.</summary>
public sealed partial class ProcessTuningTests : ContainerTest
{
    [Theory]
    [InlineData("SCHED_OTHER", 7, 0, 0)]
    [InlineData("SCHED_BATCH", 19, 0, 3)]
    [InlineData("SCHED_IDLE", null, 0, 5)]
    public void The_scheduling_policy_is_the_specification_s(string policy, int? nice, int priority, int number)
    {
        // sched(7): that policy has none, and what the caller has stays.
        var expected = nice ?? Scheduling(Environment.ProcessId).Nice;
        foreach (var init in new[] { false, true })
        {
            var container = Started(process => process with { Scheduler = new SchedulerSpec { Policy = policy, Nice = nice ?? 0, Priority = priority } }, init: init);
            Assert.Equal((expected, priority, number), Scheduling(container.Pid));
        }
    }

    [Theory]
    [InlineData("SCHED_FIFO", 1)]
    [InlineData("SCHED_RR", 2)]
    public void A_real_time_policy_is_set_where_a_new_group_has_no_real_time_as_well(string policy, int number)
    {
        var container = Create(["pause"], null, Process(process => process with { Scheduler = new SchedulerSpec { Policy = policy, Priority = 10, Flags = ["SCHED_FLAG_RESET_ON_FORK"] } }));
        container.Start();
        Assert.Equal((10, number), (Scheduling(container.Pid).Priority, Scheduling(container.Pid).Policy));
    }

    [Fact]
    public void A_deadline_is_set_or_what_it_needs_is_said()
    {
        var container = Create(["pause"], null, Process(process => process with
        {
            Scheduler = new SchedulerSpec { Policy = "SCHED_DEADLINE", Runtime = 10_000_000, Deadline = 20_000_000, Period = 0, Flags = ["SCHED_FLAG_RESET_ON_FORK"] },
        }));
        if (Record.Exception(() => container.Start()) is ContainerException error)
            Assert.Contains("process.scheduler: set the policy: ", error.Message);
        else
            Assert.Equal(6, Scheduling(container.Pid).Policy);
    }

    [Theory]
    [InlineData("IOPRIO_CLASS_BE", 4, (2 << 13) | 4)]
    [InlineData("IOPRIO_CLASS_RT", 2, (1 << 13) | 2)]
    [InlineData("IOPRIO_CLASS_IDLE", 0, 3 << 13)]
    public void The_io_priority_is_the_specification_s(string @class, int priority, int value)
    {
        var container = Started(process => process with { IoPriority = new IoPrioritySpec { Class = @class, Priority = priority } });
        const int ioprio_get = 252;
        Assert.Equal(value, (int)syscall(ioprio_get, ProcessTuning.IOPRIO_WHO_PROCESS, container.Pid));
    }

    [Fact]
    public void A_process_in_a_user_namespace_is_tuned_with_the_host_s_privileges()
    {
        var container = Create(["pause"], null, spec => UserNamespace(spec) with
        {
            Process = spec.Process! with
            {
                Scheduler = new SchedulerSpec { Policy = "SCHED_OTHER", Nice = -5 },
                IoPriority = new IoPrioritySpec { Class = "IOPRIO_CLASS_RT", Priority = 1 },
                Rlimits = [new RlimitSpec { Type = "RLIMIT_NOFILE", Soft = 100, Hard = 200 }],
            },
        });
        container.Start();
        Assert.Equal((-5, 0, 0), Scheduling(container.Pid));
        Assert.Matches(@"Max open files\s+100\s+200", File.ReadAllText($"/proc/{container.Pid}/limits"));
    }

    [Fact]
    public void A_hard_limit_that_can_t_be_raised_is_set_to_what_there_is()
    {
        const int RLIMIT_NOFILE = 7;
        var own = ProcessTuning.ReadOwnLimit(RLIMIT_NOFILE).Hard;
        if (OwnCapabilities.HasOnHost("CAP_SYS_RESOURCE"))
            return;
        var container = Started(process => process with { Rlimits = [new RlimitSpec { Type = "RLIMIT_NOFILE", Soft = own + 1, Hard = own + 2 }] });
        Assert.Matches($@"Max open files\s+{own}\s+{own}", File.ReadAllText($"/proc/{container.Pid}/limits"));
    }

    [Fact]
    public void The_caller_s_own_CPUs_are_not_the_container_s()
    {
        var all = Status(Environment.ProcessId, "Cpus_allowed_list");
        Span<ulong> mask = stackalloc ulong[16];
        const int sched_setaffinity = 203, sched_getaffinity = 204;
        unsafe
        {
            fixed (ulong* before = mask)
            {
                ulong first = 1;
                // Of this thread, and so of the monitor that it starts.
                Assert.True(syscall(sched_getaffinity, 0, 128, (nint)before) > 0);
                Assert.Equal(0, syscall(sched_setaffinity, 0, 8, (nint)(&first)));
                try
                {
                    Assert.Equal(all, Status(Started(process => process).Pid, "Cpus_allowed_list"));
                }
                finally
                {
                    syscall(sched_setaffinity, 0, 128, (nint)before);
                }
            }
        }
    }

    [Fact]
    public void A_command_that_is_executed_later_runs_on_the_CPUs_asked_for()
    {
        var container = Started(process => process);
        Assert.Contains("Cpus_allowed_list:\t0\n", Execute(container, new CpuAffinitySpec { Initial = "0-1", Final = "0" }));
        Assert.Contains("Cpus_allowed_list:\t0\n", Execute(container, new CpuAffinitySpec { Initial = "0" }));
        Assert.Contains($"Cpus_allowed_list:\t{Status(container.Pid, "Cpus_allowed_list")}\n", Execute(container, null));

        static string Execute(TestContainer container, CpuAffinitySpec? affinity) =>
            container.Execute(DockerDefaults.Process(["/target", "cat", "/proc/self/status"]) with { ExecCPUAffinity = affinity }).Output;
    }

    [Theory]
    [InlineData("LINUX32", "00000008")]
    [InlineData("LINUX", "00000000")]
    public void The_execution_domain_is_the_specification_s(string domain, string personality)
    {
        var container = Create(["pause"], null, spec => spec with { Linux = spec.Linux! with { Personality = new PersonalitySpec { Domain = domain } } });
        container.Start();
        Assert.Equal(personality, File.ReadAllText($"/proc/{container.Pid}/personality").Trim());
    }

    [Theory]
    [InlineData("MPOL_BIND", "0", "MPOL_F_STATIC_NODES", " bind=static:0 ")]
    [InlineData("MPOL_INTERLEAVE", "0", null, " interleave:0 ")]
    [InlineData("MPOL_PREFERRED", "0", null, " prefer:0 ")]
    [InlineData("MPOL_LOCAL", null, null, " local ")]
    [InlineData("MPOL_DEFAULT", null, null, " default ")]
    public void The_memory_policy_is_the_specification_s(string mode, string? nodes, string? flag, string shown)
    {
        if (!File.Exists("/proc/self/numa_maps"))
            return;
        var container = Create(["pause"], null, spec => spec with
        {
            Linux = spec.Linux! with { MemoryPolicy = new MemoryPolicySpec { Mode = mode, Nodes = nodes, Flags = flag is null ? [] : [flag] } },
        });
        container.Start();
        Assert.Contains(shown, File.ReadLines($"/proc/{container.Pid}/numa_maps").First());
    }

    [Fact]
    public void A_memory_node_that_the_host_lacks_is_the_kernel_s_error_on_the_field()
    {
        var container = Create(["pause"], null, spec => spec with { Linux = spec.Linux! with { MemoryPolicy = new MemoryPolicySpec { Mode = "MPOL_BIND", Nodes = "1000" } } });
        Assert.Contains("linux.memoryPolicy: set the policy: EINVAL", Assert.Throws<ContainerException>(() => container.Start()).Message);
    }

    [Fact]
    public void The_session_keyring_is_the_container_s_own()
    {
        if (!File.Exists("/proc/keys"))
            return;
        var container = Started(process => process);
        Assert.Contains(File.ReadLines("/proc/keys"), line => line.Contains("keyring", StringComparison.Ordinal) && line.Contains("_ses." + container.Definition.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("root:x:0:0:root:/srv/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\n", 1000u, "HOME=/home/me\n")]
    [InlineData("root:x:0:0:root:/srv/root:/bin/sh", 0u, "HOME=/srv/root\n")]
    [InlineData("root:x:0:0:root:/srv/root:/bin/sh\n", 7u, "HOME=/\n")]
    [InlineData("x:x:7\n:::::\n\n::7:::relative:\nok::7:0::/found\n", 7u, "HOME=/found\n")]
    [InlineData("long::99999999999:0::/no:\n", 7u, "HOME=/\n")]
    [InlineData(null, 0u, "HOME=/\n")]
    public void HOME_is_looked_up_in_the_container_s_password_file(string? passwords, uint user, string home)
    {
        var container = Create(["env"], null, Process(process => process with { Env = [], User = new UserSpec { Uid = user } }));
        if (passwords is not null)
        {
            Directory.CreateDirectory(Path.Combine(container.Paths.Upper, "etc"));
            File.WriteAllText(Path.Combine(container.Paths.Upper, "etc/passwd"), passwords);
        }
        container.Run();
        Assert.Equal(home, container.Output());
    }

    [Fact]
    public void A_password_file_that_is_a_link_does_not_lead_out_of_the_root()
    {
        var outside = Path.Combine(Root.Directory, "outside");
        File.WriteAllText(outside, "root:x:0:0::/outside:\n");
        foreach (var link in new[] { outside, "../../../../../../../.." + outside, "/proc/1/root" + outside, "/proc/self/root" + outside, "/dev/stdin", "/etc/passwd" })
        {
            // With the host's processes, and so its files by magic links, in sight.
            var container = Create(["env"], null, spec => spec with
            {
                Process = spec.Process! with { Env = [] },
                Linux = spec.Linux! with { Namespaces = [.. spec.Linux!.Namespaces.Where(n => n.Type != "pid")] },
            });
            Directory.CreateDirectory(Path.Combine(container.Paths.Upper, "etc"));
            File.CreateSymbolicLink(Path.Combine(container.Paths.Upper, "etc/passwd"), link);
            container.Run();
            Assert.Equal("HOME=/\n", container.Output());
        }
    }

    [Fact]
    public void Of_a_variable_that_is_given_twice_the_last_one_counts()
    {
        var container = Create(["env"], null, Process(process => process with { Env = ["A=1", "HOME=/x", "A=2", "HOME="] }));
        Directory.CreateDirectory(Path.Combine(container.Paths.Upper, "etc"));
        File.WriteAllText(Path.Combine(container.Paths.Upper, "etc/passwd"), "r::0:0::/root:");
        container.Run();
        Assert.Equal("A=2\nHOME=/root\n", container.Output());
    }

    private TestContainer Started(Func<ProcessSpec, ProcessSpec> change, bool init = false)
    {
        var container = Create(["pause"], definition => definition with { Init = init }, Process(change));
        container.Start();
        return container;
    }

    private static Func<RuntimeSpec, RuntimeSpec> Process(Func<ProcessSpec, ProcessSpec> change) => spec => spec with { Process = change(spec.Process!) };

    private static RuntimeSpec UserNamespace(RuntimeSpec spec) => spec with
    {
        Linux = spec.Linux! with
        {
            Namespaces = [.. spec.Linux!.Namespaces, new NamespaceSpec { Type = "user" }],
            UidMappings = [new IdMappingSpec { HostID = 0, Size = 65536 }],
            GidMappings = [new IdMappingSpec { HostID = 0, Size = 65536 }],
        },
    };

    /// <summary>proc_pid_stat(5): nice is field 19, rt_priority 40, policy 41.</summary>
    private static (int Nice, int Priority, int Policy) Scheduling(int pid)
    {
        var text = File.ReadAllText($"/proc/{pid}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[16]), int.Parse(fields[37]), int.Parse(fields[38]));
    }

    private static string Status(int pid, string field) =>
        File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split('\t')[1];

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a0, nint a1, nint a2 = 0, nint a3 = 0);
}
