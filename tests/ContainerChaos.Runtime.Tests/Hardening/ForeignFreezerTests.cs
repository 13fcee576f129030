using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>A container whose processes somebody put into a control group of his own and froze there.</summary>
public sealed class ForeignFreezerTests : ContainerTest
{
    [Fact]
    public void It_is_deleted_by_force_with_all_its_processes_and_the_other_group_stays_frozen()
    {
        var bundle = new Bundle(Root, ["pause"]);
        bundle.Launch();
        bundle.RunDetached($"exec --detach --pid-file {Root["second"]} {bundle.Id} /target pause");
        var second = int.Parse(File.ReadAllText(Root["second"]), CultureInfo.InvariantCulture);
        var other = CgroupHost.Current.Group(Root.CgroupParent + "/other", CgroupMembership.All);
        other.Create();
        try
        {
            foreach (var pid in new[] { bundle.Pid, second })
                other.Write("freezer", "cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));
            other.Freeze(TimeSpan.FromSeconds(20));

            var first = bundle.Pid;
            Assert.Equal((0, "", ""), bundle.Run("delete", "--force", bundle.Id));
            // PID 1 is at its end once everybody of its namespace is reaped (pid_namespaces(7)).
            Bundle.Reap(second);
            Bundle.Reap(first);
            Assert.True(other.IsFrozen);
        }
        finally
        {
            other.Thaw();
            Assert.True(other.TryDelete());
        }
    }
}
