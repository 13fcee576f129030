using ContainerChaos.Engine;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Runs;

/// <summary>A test with an engine of its own whose containers, folders and faults are gone after it.</summary>
public abstract class RunnerTest : IDisposable
{
    protected RunnerTest() => Engine = new ContainerEngine(new EngineOptions
    {
        DataRoot = Root.DataRoot,
        RunRoot = Root.RunRoot,
        CgroupParent = Root.CgroupParent,
        CcrunPath = TestRoot.CcrunPath,
        TargetPath = TestRoot.TargetPath,
        DefaultNetwork = "none",
    });

    private protected TestRoot Root { get; } = new();

    private protected ContainerEngine Engine { get; }

    public void Dispose()
    {
        foreach (Container container in Engine.List())
            Engine.Remove(container.Id, force: true);
        // Not recursive: an entry that is still there is a leak.
        foreach (string folder in (string[])["faults", "load"])
            if (Directory.Exists(Path.Combine(Root.RunRoot, folder)))
                Directory.Delete(Path.Combine(Root.RunRoot, folder));
        Root.Dispose();
        GC.SuppressFinalize(this);
    }
}
