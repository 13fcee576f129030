using System.Globalization;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>What a container's processes have: limits, capabilities, groups, variables, and what they see of the system.</summary>
public sealed class ProcessOptionTests : OptionTest
{
    // The least of two hosts: one may not give more than it has.
    private static readonly ulong s_all = Capabilities.Grantable(inUserNamespace: false).Aggregate(0UL, (mask, name) => mask | (1UL << Array.IndexOf([.. Capabilities.All], name)));

    [Fact]
    public void Resource_limits_and_the_oom_score_are_those_of_every_process()
    {
        var container = Start("limits", options => options with { Ulimits = ["nofile=100:200", "core=0", "nofile=1024:2048", "stack=1048576"], OomScoreAdj = 300 });

        Assert.Equal("1024                 2048                 files", Field(container, "/proc/1/limits", "Max open files"));
        Assert.Equal("0                    0                    bytes", Field(container, "/proc/1/limits", "Max core file size"));
        // And of a command that is executed in it.
        Assert.Equal("1048576              1048576              bytes", Field(container, "/proc/self/limits", "Max stack size"));
        Assert.Equal("300", Cat(container, "/proc/1/oom_score_adj"));
    }

    [Fact]
    public void Shared_memory_has_its_size()
    {
        Assert.Contains(" size=131072k", Mount(Start("large", options => options with { ShmSizeBytes = 128 << 20 })).Replace(',', ' '), StringComparison.Ordinal);
        Assert.Contains(" size=65536k", Mount(Start("default", options => options)).Replace(',', ' '), StringComparison.Ordinal);

        string Mount(Container container) => Look(container, "cat", "/proc/mounts").First(line => line.Contains(" /dev/shm ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a80425fb", "", "")]
    [InlineData("a80435fb", "net_admin", "")]
    [InlineData("a80425fa", "", "CAP_CHOWN")]
    [InlineData("0000000000200000", "SYS_ADMIN", "ALL")]
    [InlineData("0000000000000000", "", "all")]
    public void Capabilities_are_Docker_s_with_those_added_and_without_those_dropped(string mask, string add, string drop)
    {
        var container = Start("caps", options => options with { CapAdd = Words(add), CapDrop = Words(drop) });

        Assert.EndsWith(mask == "a80435fb" ? "a80435fb" : mask, Field(container, "/proc/1/status", "CapEff:"), StringComparison.Ordinal);
        Assert.Equal(Field(container, "/proc/1/status", "CapEff:"), Field(container, "/proc/self/status", "CapBnd:"));
    }

    [Fact]
    public void All_capabilities_are_those_that_this_process_has_itself()
    {
        var all = Start("all", options => options with { CapAdd = ["ALL"], CapDrop = ["CHOWN"] });

        Assert.Equal((s_all & ~1UL).ToString("x16", CultureInfo.InvariantCulture), Field(all, "/proc/1/status", "CapEff:"));
        // A user other than root has them in the bounding set only, as with Docker; who executes a command as root has them all.
        var user = Start("user", options => options with { CapAdd = ["SYS_TIME"], User = "1000:1000", GroupAdd = ["44", "2000"] });
        Assert.Equal("0000000000000000", Field(user, "/proc/1/status", "CapEff:"));
        Assert.EndsWith("aa0425fb", Field(user, "/proc/1/status", "CapBnd:"), StringComparison.Ordinal);
        Assert.Equal(["44", "1000", "2000"], Field(user, "/proc/1/status", "Groups:").Split(' '));
        var root = Engine.Invoke("user", new ContainerCommandOptions { User = "0", Command = ["/target", "cat", "/proc/self/status"] });
        Assert.EndsWith("aa0425fb", root.Output.First(line => line.StartsWith("CapEff:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_privileged_container_is_kept_from_next_to_nothing()
    {
        var container = Start("privileged", options => options with { Privileged = true });

        Assert.True(container.Privileged);
        Assert.Equal(s_all.ToString("x16", CultureInfo.InvariantCulture), Field(container, "/proc/1/status", "CapEff:"));
        Assert.Equal(("0", "0"), (Field(container, "/proc/1/status", "Seccomp:"), Field(container, "/proc/1/status", "NoNewPrivs:")));
        var mounts = Look(container, "cat", "/proc/mounts");
        Assert.All(mounts.Where(line => line.StartsWith("sysfs ", StringComparison.Ordinal) || line.StartsWith("cgroup", StringComparison.Ordinal)), line => Assert.Contains(" rw,", line, StringComparison.Ordinal));
        Assert.DoesNotContain(mounts, line => line.Contains(" /proc/", StringComparison.Ordinal) || line.Contains("/sys/firmware", StringComparison.Ordinal));
        var devices = Look(container, "ls", "/dev");
        Assert.Empty(HostDevices.List("/dev", "/dev").Select(device => device.Path[5..]).Where(name => !name.Contains('/', StringComparison.Ordinal)).Except(devices));
        // The devices controller lets it open any: kmsg is in no other container.
        Assert.Matches("^[0-9]+$", Look(container, "call", "2", "@/dev/kmsg", "0")[0]);
        var confined = Start("confined", options => options with { Privileged = true, SecurityOptions = ["seccomp=builtin", "no-new-privileges"] });
        Assert.Equal(("2", "1"), (Field(confined, "/proc/1/status", "Seccomp:"), Field(confined, "/proc/1/status", "NoNewPrivs:")));
    }

    [Fact]
    public void Paths_of_the_system_are_hidden_unless_they_are_unconfined()
    {
        Assert.Contains(Look(Start("hidden", options => options), "cat", "/proc/mounts"), line => line.Contains(" /proc/sys ", StringComparison.Ordinal) && line.Contains(" ro,", StringComparison.Ordinal));
        Assert.DoesNotContain(Look(Start("shown", options => options with { SecurityOptions = ["systempaths=unconfined"] }), "cat", "/proc/mounts"), line => line.Contains(" /proc/", StringComparison.Ordinal));
    }

    [Fact]
    public void Kernel_parameters_are_the_container_s_own()
    {
        var before = File.ReadAllText("/proc/sys/kernel/shmmni");
        var container = Start("sysctl", options => options with { Sysctl = new Dictionary<string, string> { ["kernel.shmmni"] = "1234", ["net.core.somaxconn"] = "77", ["fs.mqueue.msg_max"] = "9" } });

        Assert.Equal(("1234", "77", "9"), (Cat(container, "/proc/sys/kernel/shmmni"), Cat(container, "/proc/sys/net/core/somaxconn"), Cat(container, "/proc/sys/fs/mqueue/msg_max")));
        Assert.Equal(before, File.ReadAllText("/proc/sys/kernel/shmmni"));
        // Docker's defaults, where the network is the container's own.
        Assert.Equal("0", Cat(container, "/proc/sys/net/ipv4/ip_unprivileged_port_start"));
    }

    [Fact]
    public void Variables_and_labels_come_from_files_and_then_from_options()
    {
        File.WriteAllText(Root["env"], "\uFEFF# a comment\r\nA=from file\nB=kept = as is  \n\n  C=indented\nHOME\nNOT_SET_ANYWHERE\n");
        File.WriteAllText(Root["labels"], "tier=back\nalone\n");
        var container = Start("files", options => options with
        {
            EnvFiles = [Root["env"]],
            Env = new Dictionary<string, string> { ["A"] = "from option" },
            LabelFiles = [Root["labels"]],
            Labels = new Dictionary<string, string> { ["tier"] = "front" },
            Annotations = new Dictionary<string, string> { ["org.example.owner"] = "me" },
        });

        var env = Look(container, "env");
        Assert.Contains("A=from option", env);
        Assert.Contains("B=kept = as is  ", env);
        Assert.Contains("C=indented", env);
        Assert.Contains("HOME=" + Environment.GetEnvironmentVariable("HOME"), env);
        Assert.DoesNotContain(env, line => line.StartsWith("NOT_SET", StringComparison.Ordinal));
        Assert.Equal(("front", ""), (container.Labels["tier"], container.Labels["alone"]));
        Assert.Equal("me", container.Annotations["org.example.owner"]);
        Assert.Equal("me", RuntimeSpecJson.Read(Path.Combine(container.RootPath, "config.json")).Annotations!["org.example.owner"]);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
