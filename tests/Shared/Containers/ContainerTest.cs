using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Testing;

/// <summary>A test with containers on roots of its own; it fails when it leaves anything behind.</summary>
public abstract class ContainerTest : IDisposable
{
    private readonly List<TestContainer> _containers = [];

    protected TestRoot Root { get; } = new();

    /// <summary>A container that runs one of target's commands.</summary>
    protected TestContainer Create(params string[] command) => Create(command, null, null);

    protected TestContainer Create(
        IReadOnlyList<string> command, Func<ContainerDefinition, ContainerDefinition>? definition, Func<RuntimeSpec, RuntimeSpec>? spec = null)
    {
        var container = TestContainer.Create(Root, command, definition, spec);
        lock (_containers)
            _containers.Add(container);
        return container;
    }

    /// <summary>A container that is running.</summary>
    protected TestContainer Started(params string[] command)
    {
        var container = Create(command);
        container.Start();
        return container;
    }

    /// <summary>Ends it before the test does.</summary>
    protected void Remove(TestContainer container)
    {
        container.Dispose();
        lock (_containers)
            _containers.Remove(container);
    }

    /// <summary>Ends the test's containers, then looks for what stayed. Why one could not be ended is told as well.</summary>
    public void Dispose()
    {
        var errors = new List<Exception>();
        foreach (var action in _containers.Select(container => (Action)container.Dispose).Append(Root.Dispose))
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                errors.Add(e);
            }
        }
        GC.SuppressFinalize(this);
        if (errors.Count > 0)
            throw new AggregateException(errors);
    }
}
