using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Faults;

public sealed class ChaosTargetTests : FaultTest
{
    [Theory]
    [InlineData("/docker/4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a", "docker", "4f5a4f5a4f5a")]
    [InlineData("/system.slice/docker-4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a.scope", "docker", "4f5a4f5a4f5a")]
    [InlineData("/machine.slice/libpod-4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a.scope/container", "podman", "4f5a4f5a4f5a")]
    [InlineData("/kubepods.slice/kubepods-pod1.slice/cri-containerd-4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a.scope", "containerd", "4f5a4f5a4f5a")]
    [InlineData("/default/web", "containerd", "web")]
    [InlineData("/system.slice/nginx.service", "systemd", "nginx.service")]
    [InlineData("/user.slice/user-0.slice", null, null)]
    [InlineData("/machine.slice/libpod-conmon-4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a4f5a.scope", null, null)]
    public void A_control_group_says_whose_it_is(string path, string? kind, string? name)
    {
        (string Kind, string Name, string Id)? found = ChaosTargetFinder.Classify(path);
        Assert.Equal((kind, name), (found?.Kind, found?.Name));
    }

    [Fact]
    public void Another_ones_control_group_can_be_broken_and_the_hosts_can_not()
    {
        using Process sleeper = Process.Start("sleep", "1000");
        try
        {
            Cgroup group = CgroupHost.Current.Group(Root.CgroupParent + "/others");
            group.Create();
            group.Add(sleeper.Id);
            ChaosTarget target = Assert.Single(Injector.FindTargets("cgroup:" + group.Path));
            Assert.Equal(sleeper.Id, target.Pid);
            using (RunningFault fault = Injector.Start(new FreezeFault(), target, new FaultOptions()))
            {
                Assert.True(group.IsFrozen);
                fault.Undo();
                Assert.False(group.IsFrozen);
            }

            using (RunningFault load = Injector.Start(new CpuFault(1), target, new FaultOptions()))
            {
                Assert.Equal(2, group.Pids().Count);
                load.Undo();
            }

            Injector.Apply(new CrashFault(), Assert.Single(Injector.FindTargets($"process:{sleeper.Id}")));
            sleeper.WaitForExit();
            Assert.True(group.TryDelete());
        }
        finally
        {
            if (!sleeper.HasExited)
                sleeper.Kill();
        }

        ContainerException e = Assert.Throws<ContainerException>(() => FaultInjector.Describe(new FreezeFault(), Assert.Single(Injector.FindTargets($"process:{Environment.ProcessId}"))));
        Assert.Equal(ErrorReason.NotSupported, e.Reason);
    }

    [Fact]
    public void Selectors_are_explicit_and_the_protected_are_never_touched()
    {
        Run("web-1");
        Run("web-2", labels: new Dictionary<string, string> { [ChaosTarget.ProtectLabel] = "true" });
        Assert.Equal(["web-1", "web-2"], Injector.FindTargets("web-*").Select(t => t.Name).Order());
        Assert.Equal(["web-1"], TargetChoice.WithoutProtected(Injector.FindTargets("web-*"), isExplicit: false).Select(t => t.Name));
        Assert.Equal(ErrorReason.PermissionDenied, Assert.Throws<ContainerException>(() => TargetChoice.WithoutProtected(Injector.FindTargets("web-2"), isExplicit: true)).Reason);
        Assert.Equal(ErrorReason.PermissionDenied, Assert.Throws<ContainerException>(() => Injector.Apply(new CrashFault(), ChaosTarget.Of(Engine.Get("web-2")))).Reason);
        Assert.Equal(ErrorReason.ContainerNotFound, Assert.Throws<ContainerException>(() => Injector.FindTargets("web-3")).Reason);
        Assert.Empty(Injector.FindTargets("docker:nothing*"));
        Assert.Contains(Injector.ListTargets(), target => target is { Kind: "container", Name: "web-1" });
    }

    [Fact]
    public void A_seed_chooses_the_same_targets_and_the_limits_bound_how_many()
    {
        ChaosTarget[] all = [.. Enumerable.Range(0, 10).Select(i => new ChaosTarget { Kind = "container", Name = $"t{i}", Id = $"{i}", Pid = i, PidStartTime = 1, CgroupPath = "/" })];
        Assert.Equal(10, new TargetChoice().Of(all).Count);
        Assert.Equal(3, new TargetChoice { Count = 3 }.Of(all).Count);
        Assert.Equal(2, new TargetChoice { Percent = 25 }.Of(all).Count);
        Assert.Single(new TargetChoice { Percent = 1 }.Of(all));
        Assert.Equal(new TargetChoice { Count = 3, Seed = 7 }.Of(all), new TargetChoice { Count = 3, Seed = 7 }.Of(all.Reverse()));
    }
}
