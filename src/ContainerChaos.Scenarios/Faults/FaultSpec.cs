using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>A fault as it is asked for, before it has a target: its name and its parameters.</summary>
public abstract record FaultSpec
{
    /// <summary>The name that scenario files and the ledger call it by: <c>memory-limit</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it is over at once, so that there is nothing to undo and no duration.</summary>
    public virtual bool IsInstant => false;

    /// <summary>The same fault with what it names by the engine's names: other containers' addresses.</summary>
    /// <exception cref="ContainerException">ContainerNotFound, InvalidState.</exception>
    internal virtual FaultSpec Resolve(ContainerEngine engine) => this;

    /// <summary>What it would do to a target. Nothing is changed.</summary>
    /// <param name="target">The target.</param>
    /// <returns>The steps, their undo, and the effect in kernel terms.</returns>
    /// <exception cref="ContainerException">NotSupported, InvalidState or InvalidArgument: it can't be done to this target.</exception>
    internal abstract FaultPlan Plan(ChaosTarget target);

    /// <summary>A file of the target's group, with its value.</summary>
    private protected ControlFile Control(ChaosTarget target, string controller, string version1, string version2)
    {
        ProcessCgroup cgroup = target.OpenCgroup(controller, Name);
        bool unified = cgroup.IsUnified(controller);
        string path = Path.Combine(cgroup.Find(controller)!, unified ? version2 : version1);
        try
        {
            return new ControlFile(path, unified, File.ReadAllText(path).Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: the fault {Name} needs {path}, which can't be read.", target.Name, e)
            {
                Remedy = "The kernel lacks it, or the group above does not pass the controller on.",
            };
        }
    }

    /// <summary>A plan that sets one file and sets it back.</summary>
    private protected static FaultPlan Set(ControlFile file, string value, string effect) => new()
    {
        Effect = effect,
        Apply = [FaultStep.Write(file.Path, value)],
        Undo = [FaultStep.Write(file.Path, file.Value)],
        Holds = [file.Path],
    };

    /// <summary>The memory limit of a target: without one it is the host that would run out.</summary>
    private protected long RequireMemoryLimit(ChaosTarget target)
    {
        ControlFile file = Control(target, "memory", "memory.limit_in_bytes", "memory.max");
        return long.TryParse(file.Value, out long limit) && limit < 1L << 50
            ? limit
            : throw new ContainerException(ErrorReason.InvalidState, $"{target} has no memory limit: the fault {Name} would take the host's memory.", target.Name)
            {
                Remedy = "Give it one: New-Container -Memory.",
            };
    }
}
