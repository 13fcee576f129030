using ContainerChaos.Engine;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>A process that starts faults and is killed in the middle of them, as a shell may be.</summary>
internal static class FaultOwner
{
    /// <summary><c>DATAROOT RUNROOT CGROUP (CONTAINER STEP)…</c>: starts the fault of each scenario step, says its id, and waits to be killed.</summary>
    private static int Main(string[] arguments)
    {
        if (arguments is not [var data, var run, var cgroup, .. var faults])
            return 2;
        var engine = new ContainerEngine(new EngineOptions
        {
            DataRoot = data,
            RunRoot = run,
            CgroupParent = cgroup,
            CcrunPath = Testing.TestRoot.CcrunPath,
            TargetPath = Testing.TestRoot.TargetPath,
        });
        var injector = new FaultInjector(engine);
        foreach (string[] fault in faults.Chunk(2))
        {
            try
            {
                Console.WriteLine(injector.Start(Read(fault[1]), ChaosTarget.Of(engine.Get(fault[0])), new FaultOptions { Duration = TimeSpan.FromMinutes(1) }).Record.Id);
            }
            catch (Runtime.ContainerException e)
            {
                Console.WriteLine(e.Message);
            }
        }

        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    /// <summary>The fault of a step as a scenario file has it, such as <c>action: freeze</c>.</summary>
    internal static FaultSpec Read(string step) => ScenarioFile.Parse(
        new StringReader($$"""
            schema: 1
            name: one
            title: One fault
            description: A test's.
            steps:
              - { {{step}} }
            """), "test.yaml").Steps[0].Acts[0].Fault!;
}
