using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The steps that load a container's filter.</summary>
/// <remarks>
/// With no_new_privs it comes as late as can be, so that a profile need permit little but the execve(2). Without, the
/// kernel asks for CAP_SYS_ADMIN, so it comes before the capabilities are set. A filter with a listener comes while the parent
/// still waits: it takes the listener to the agent.
/// </remarks>
internal sealed class SeccompSteps
{
    private const int SECCOMP_SET_MODE_FILTER = 1;

    private readonly ChildProgram _program;
    private readonly SeccompFilter _filter;
    private readonly SeccompListener? _listener;
    private readonly int _preserved;

    private SeccompSteps(ChildProgram program, SeccompFilter filter, bool noNewPrivileges, SeccompListener? listener, int preserved)
    {
        _program = program;
        _filter = filter;
        _listener = filter.ListenerPath is null ? null : listener;
        _preserved = preserved;
        NeedsPrivilege = !noNewPrivileges;
    }

    /// <summary>The steps of a process.</summary>
    /// <param name="program">The program that they are appended to.</param>
    /// <param name="filter">The filter; null gives no steps.</param>
    /// <param name="process">The process.</param>
    /// <param name="listener">Who takes the listener to the agent, if the filter has one.</param>
    /// <param name="preserved">How many descriptors from 3 on stay open.</param>
    internal static SeccompSteps? Create(ChildProgram program, SeccompFilter? filter, ProcessSpec process, SeccompListener listener, int preserved) =>
        filter is null ? null : new SeccompSteps(program, filter, process.NoNewPrivileges, listener, preserved);

    /// <summary>
    /// The steps of a startContainer hook, which keeps the capabilities that the load needs. No agent waits for a hook, so
    /// a filter that notifies one is left out.
    /// </summary>
    internal static SeccompSteps? CreateForHook(ChildProgram program, SeccompFilter? filter) =>
        filter is null or { Notifies: true } ? null : new SeccompSteps(program, filter, noNewPrivileges: true, listener: null, preserved: 0);

    /// <summary>Whether the filter has to be loaded while the process may administer the system.</summary>
    internal bool NeedsPrivilege { get; }

    /// <summary>Whether the parent takes part.</summary>
    internal bool NeedsParent => _listener is not null;

    /// <summary>Whether the filter is loaded some steps before the execve(2), which it may know nothing of.</summary>
    internal bool IsEarly => NeedsPrivilege || NeedsParent;

    /// <summary>Appends what closes the descriptors before an early load, where it is more than having execve(2) close them.</summary>
    internal Action? CloseDescriptors { get; set; }

    /// <summary>Appends the load.</summary>
    internal void Load()
    {
        if (IsEarly)
        {
            const int CLOSE_RANGE_CLOEXEC = 4;
            _program.Call("close descriptors", SystemCallNumber.close_range, 3 + _preserved, uint.MaxValue, CLOSE_RANGE_CLOEXEC);
            CloseDescriptors?.Invoke();
        }
        var program = _program.Array((ulong)_filter.Program.Length, (ulong)_program.Array(_filter.Program.Instructions));
        var flags = _listener is null ? _filter.Flags & ~SeccompFlags.NewListener : _filter.Flags;
        var descriptor = _program.NewSlot();
        var step = _program.Call("load the seccomp filter", SystemCallNumber.seccomp, SECCOMP_SET_MODE_FILTER, (long)flags, program).Into(descriptor);
        if (_filter.FlagsAreOurs)
        {
            step.Tolerating(Errno.EINVAL).SkippingOnSuccess(1);
            _program.Call("load the seccomp filter", SystemCallNumber.seccomp, SECCOMP_SET_MODE_FILTER, (long)(flags & ~SeccompFlags.AllowSpeculation), program).Into(descriptor);
        }
        if (_listener is not null)
        {
            _program.Ask("hand the seccomp listener to the agent", (child, values) => _listener.Send(_filter, child, values[0]), descriptor);
            _program.Call("close the seccomp listener", SystemCallNumber.close, descriptor).ToleratingAll();
        }
    }
}
