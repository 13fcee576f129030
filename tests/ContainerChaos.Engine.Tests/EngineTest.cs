using ContainerChaos.Runtime;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>A test with an engine on roots of its own; it fails when it leaves anything behind.</summary>
public abstract class EngineTest : IDisposable
{
    protected EngineTest() => Engine = new ContainerEngine(Options);

    protected TestRoot Root { get; } = new();

    protected ContainerEngine Engine { get; }

    protected EngineOptions Options => new()
    {
        DataRoot = Root.DataRoot,
        RunRoot = Root.RunRoot,
        CgroupParent = Root.CgroupParent,
        CcrunPath = TestRoot.CcrunPath,
        TargetPath = TestRoot.TargetPath,
        DefaultNetwork = "none",
    };

    /// <summary>Removes the test's containers, then looks for what stayed.</summary>
    public void Dispose()
    {
        foreach (var container in Engine.List())
            Engine.Remove(container.Id, force: true);
        Root.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The error that an action must end with.</summary>
    protected static ContainerException Fails(ErrorReason reason, Action action)
    {
        var error = Assert.Throws<ContainerException>(action);
        Assert.Equal(reason, error.Reason);
        Assert.NotNull(error.Remedy);
        return error;
    }

    /// <summary>A small tree that is a valid image without any program in it.</summary>
    protected string MakeTree(string name = "tree")
    {
        var tree = Root[name];
        Directory.CreateDirectory(Path.Combine(tree, "etc"));
        File.WriteAllText(Path.Combine(tree, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:An app:/home/app:/bin/sh\n");
        File.WriteAllText(Path.Combine(tree, "etc/group"), "root:x:0:\napp:x:1001:\nvideo:x:44:app\n");
        File.WriteAllText(Path.Combine(tree, "hello"), "hello\n");
        return tree;
    }
}
