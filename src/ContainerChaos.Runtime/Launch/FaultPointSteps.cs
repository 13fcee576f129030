using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The steps that load the filter of a container's fault points, and hand its listener over.</summary>
/// <remarks>
/// It is a filter of its own beside that of the container's profile: of two filters the stricter action counts (seccomp(2)), so that what the
/// profile denies stays denied, and what it permits is intercepted.
/// </remarks>
internal sealed class FaultPointSteps(ChildProgram program, FaultPoints points)
{
    private const int SECCOMP_SET_MODE_FILTER = 1;

    /// <summary>Appends the load: while the process may still administer its user namespace, or has no_new_privs.</summary>
    internal void Load()
    {
        var filter = CallSet.Intercept(points.Calls);
        var instructions = program.Array((ulong)filter.Length, (ulong)program.Array(filter.Instructions));
        var descriptor = program.NewSlot();
        const SeccompFlags flags = SeccompFlags.NewListener | SeccompFlags.AllowSpeculation;
        // A call that was received is not begun anew by a signal: a program that gets many would never come to the end of a slow one.
        program.Call("load the filter of the fault points", SystemCallNumber.seccomp, SECCOMP_SET_MODE_FILTER, (long)(flags | SeccompFlags.WaitKillable), instructions)
            .Into(descriptor).Tolerating(Errno.EINVAL).SkippingOnSuccess(1);
        program.Call("load the filter of the fault points", SystemCallNumber.seccomp, SECCOMP_SET_MODE_FILTER, (long)flags, instructions).Into(descriptor);
        program.Ask("hand the listener of the fault points over", (child, values) => Take(child, values[0]), descriptor);
        program.Call("close the listener of the fault points", SystemCallNumber.close, descriptor).ToleratingAll();
    }

    private void Take(StartedChild child, long descriptor)
    {
        using var listener = child.OpenDescriptor(descriptor);
        points.Take(listener);
    }
}
