using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What lies between create and start: a process of the runtime's own that waits, perhaps for days.</summary>
public sealed partial class CreatedContainerTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(15)]
    public void A_signal_that_asks_for_its_end_ends_it(int signal)
    {
        var bundle = Create(["pause"]);
        var pid = bundle.Pid;
        Assert.Equal((0, "", ""), bundle.Run("kill", bundle.Id, $"{signal}"));
        TestContainer.AwaitEnd(pid);
        Assert.Contains("\"stopped\"", bundle.Run("state", bundle.Id).Output);
        bundle.Delete();
    }

    [Fact]
    public void A_signal_that_asks_for_nothing_leaves_it_to_be_started()
    {
        const int SIGWINCH = 28;
        var bundle = Create(["pause"]);
        Assert.Equal((0, "", ""), bundle.Run("kill", bundle.Id, $"{SIGWINCH}"));
        Assert.Equal((0, "", ""), bundle.Run("start", bundle.Id));
        Assert.Contains("\"running\"", bundle.Run("state", bundle.Id).Output);
        bundle.Delete();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_filter_need_not_know_the_calls_by_which_it_waits(bool noNewPrivileges)
    {
        // Without no_new_privs the filter is there before the wait.
        var unknown = new SeccompSyscallSpec { Names = ["close_range", "getcwd", "chdir", "dup3", "signalfd4", "openat2"], Action = "SCMP_ACT_KILL_PROCESS" };
        var bundle = Create(["pause"], spec => spec with
        {
            Process = spec.Process! with { NoNewPrivileges = noNewPrivileges },
            Linux = spec.Linux! with
            {
                Seccomp = new SeccompSpec
                {
                    DefaultAction = "SCMP_ACT_ALLOW",
                    Syscalls = [unknown, new SeccompSyscallSpec { Names = ["poll"], Action = "SCMP_ACT_ERRNO" }],
                },
            },
        });
        Assert.Contains("\"created\"", bundle.Run("state", bundle.Id).Output);
        // Its own streams, what it waits for, the end of what it has told create, and nothing of the one who called that.
        Assert.All(Descriptors(bundle.Pid).Except([0, 1, 2]), number => Assert.InRange(number, 200, 205));
        Assert.Equal((0, "", ""), bundle.Run("start", bundle.Id));
        Assert.Contains("\"running\"", bundle.Run("state", bundle.Id).Output);
        bundle.Delete();
    }

    [Fact]
    public void It_waits_with_few_descriptors_allowed_and_with_some_of_its_creator_in_the_way()
    {
        var few = new RlimitSpec { Type = "RLIMIT_NOFILE", Soft = 32, Hard = 32 };
        const int F_DUPFD = 0;
        using var zero = File.OpenHandle("/dev/zero");
        // The lowest free number from there on (F_DUPFD): dup2(2) would take a number that another test of this process has.
        int[] numbers = [.. new[] { 200, 202, 1000 }.Select(number => Control((int)zero.DangerousGetHandle(), F_DUPFD, number))];
        Assert.All(numbers, number => Assert.True(number >= 200));
        var bundle = Create(["pause"], spec => spec with { Process = spec.Process! with { Rlimits = [few] } });
        foreach (var number in numbers)
            Assert.Equal(0, Close(number));
        Assert.DoesNotContain(Descriptors(bundle.Pid), number => new FileInfo($"/proc/{bundle.Pid}/fd/{number}").LinkTarget == "/dev/zero");
        Assert.Equal((0, "", ""), bundle.Run("start", bundle.Id));
        bundle.Delete();
    }

    [Fact]
    public void Without_a_process_it_can_be_created_but_not_started()
    {
        var bundle = Create(["true"], spec => spec with { Process = null });
        Assert.Contains("\"created\"", bundle.Run("state", bundle.Id).Output);
        var (code, _, errors) = bundle.Run("start", bundle.Id);
        Assert.Equal(1, code);
        Assert.Contains("process", errors);
        Assert.Contains("\"created\"", bundle.Run("state", bundle.Id).Output);
        bundle.Delete();
    }

    [Fact]
    public void Who_polls_for_its_state_first_sees_it_created()
    {
        for (var round = 0; round < 10; round++)
        {
            var bundle = new Hardening.Bundle(_root, ["pause"]);
            using var creating = StartCreate(bundle);
            (int Code, string Output, string Errors) state;
            do
                state = bundle.Run("state", bundle.Id);
            while (state.Code != 0 && state.Errors.Contains("does not exist", StringComparison.Ordinal));
            Assert.Contains("\"created\"", state.Output);
            creating.WaitForExit();
            bundle.Delete();
        }
    }

    [Fact]
    public void A_hook_of_its_creation_is_told_that_it_is_being_created()
    {
        var seen = _root["seen"];
        var asking = new HookSpec { Path = "/bin/sh", Args = ["sh", "-c", $"{TestRoot.CcrunPath} --root {_root["ids"]} state attacked >{seen}"] };
        var bundle = Create(["pause"], spec => spec with { Hooks = new HooksSpec { CreateRuntime = [asking] } });
        Assert.Contains("\"id\": \"attacked\"", File.ReadAllText(seen));
        bundle.Delete();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_a_control_group_its_processes_are_found_all_the_same(bool ownPids)
    {
        var bundle = Create(["pause"], spec => spec with { Linux = spec.Linux! with { Namespaces = [.. spec.Linux.Namespaces.Where(n => ownPids || n.Type != "pid")] } }, "--cgroup-manager", "disabled");
        Assert.Equal((0, "", ""), bundle.Run("start", bundle.Id));
        Assert.Equal($"[{bundle.Pid}]", string.Concat(bundle.Run("ps", "--format", "json", bundle.Id).Output.Where(c => !char.IsWhiteSpace(c))));
        bundle.Delete();
    }

    private Hardening.Bundle Create(string[] command, Func<RuntimeSpec, RuntimeSpec>? spec = null, params string[] options)
    {
        var bundle = new Hardening.Bundle(_root, command, spec);
        using var creating = StartCreate(bundle, options);
        creating.WaitForExit();
        Assert.True(creating.ExitCode == 0, File.ReadAllText(_root["out"]));
        return bundle;
    }

    // Its streams are the container's: nobody may wait for their end.
    private Process StartCreate(Hardening.Bundle bundle, params string[] options) => Process.Start("/bin/sh",
    [
        "-c", $"exec \"$0\" --root {_root["ids"]} \"$@\" create --bundle {_root["bundle"]} --pid-file {_root["pid"]} {bundle.Id} </dev/null >{_root["out"]} 2>&1",
        bundle.Ccrun, .. options,
    ]);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    private static IEnumerable<int> Descriptors(int pid) => Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(path => int.Parse(Path.GetFileName(path)));
}
