using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Starts the first process of a container, as often as it is asked to: the runtime-spec is compiled once into a
/// <see cref="ChildProgram"/>, and each start is a clone that runs it.
/// </summary>
public sealed class ContainerLauncher : IDisposable
{
    private const int PR_SET_DUMPABLE = 4;
    /// <summary>Far from the descriptors in use; of a caller's own that are open there nothing is kept.</summary>
    private const int FirstKept = 200;

    private readonly RuntimeSpec _spec;
    private readonly bool _hasCommand;
    private readonly LaunchOptions _options;
    private readonly Cgroup _cgroup;
    private readonly string _subject;
    private readonly ChildProgram _program = new();
    private readonly ChildSlot _go;
    private readonly ChildSlot _goWriter;
    private readonly ChildSlot _input;
    private readonly ChildSlot _output;
    private readonly ChildSlot _error;
    private readonly ChildSlot _consoleSocket;
    private readonly ChildSlot _startGate;
    private readonly ChildSlot _startReports;
    private readonly ChildSlot _startSignals;
    private readonly LaunchInputs _inputs;
    private readonly CloneFlags _namespaces;
    private Action<int, ulong>? _record;

    /// <summary>Compiles a runtime-spec.</summary>
    /// <param name="spec">The container.</param>
    /// <param name="options">What the spec does not say.</param>
    /// <param name="cgroup">The container's control group; it must exist at <see cref="Start"/>.</param>
    /// <param name="subject">The container's name, for messages.</param>
    /// <exception cref="ContainerException">The spec holds something invalid or not supported.</exception>
    public ContainerLauncher(RuntimeSpec spec, LaunchOptions options, Cgroup cgroup, string subject)
    {
        _spec = IdMapping.Complete(spec);
        _hasCommand = spec.Process is not null;
        // runtime-spec, config: process is REQUIRED when start is called, so that only that fails.
        if (options.WaitsForStart && !_hasCommand)
            _spec = _spec with { Process = new ProcessSpec { Args = ["/"], Cwd = "/" } };
        _options = options;
        _cgroup = cgroup;
        _subject = subject;
        _inputs = new LaunchInputs(_program);
        _go = _program.NewSlot();
        _goWriter = _program.NewSlot();
        _input = _program.NewSlot();
        _output = _program.NewSlot();
        _error = _program.NewSlot();
        _consoleSocket = _program.NewSlot();
        _startGate = _program.NewSlot();
        _startReports = _program.NewSlot();
        _startSignals = _program.NewSlot();
        try
        {
            if (!options.SpecIsChecked)
                SpecValidation.Check(spec);
            _namespaces = Compile();
        }
        catch
        {
            _program.Dispose();
            throw;
        }
    }

    /// <summary>Starts the process, and returns when it executes its command, or waits for its start.</summary>
    /// <param name="streams">The descriptors it starts with.</param>
    /// <param name="record">
    /// Called with the PID and the start time while the process prepares itself; if the caller ends before it returns, the
    /// command is never executed.
    /// </param>
    /// <exception cref="ContainerException">
    /// <see cref="ErrorReason.CommandNotFound"/>, <see cref="ErrorReason.CommandNotExecutable"/>,
    /// <see cref="ErrorReason.PidTableFull"/>, <see cref="ErrorReason.StartFailed"/>; nothing of the process is left.
    /// </exception>
    public LaunchedProcess Start(LaunchStreams streams, Action<int, ulong>? record = null)
    {
        using var starting = Begin(streams, record);
        return starting.Finish();
    }

    /// <summary>As <see cref="Start"/>, and returns while the process is still on its way. One start at a time; this object outlives it.</summary>
    /// <param name="streams">The descriptors it starts with; the caller may close its own then.</param>
    /// <param name="record">As in <see cref="Start"/>.</param>
    /// <returns>The start, which the caller finishes and disposes.</returns>
    /// <exception cref="ContainerException">There is no process.</exception>
    public StartingProcess Begin(LaunchStreams streams, Action<int, ulong>? record = null)
    {
        _record = record;
        if (!_spec.Process!.Terminal)
            StreamOwner.Give(streams, _spec.Process.User, _spec.Linux);
        using var into = _cgroup.OpenForClone();
        using var opened = _inputs.Open();
        var (go, goWriter) = FileDescriptor.Pipe();
        StartedChild child;
        ulong started;
        using (goWriter)
        {
            using (go)
            {
                child = LaunchErrors.Clone(_subject, _cgroup, () => _program.Start(
                    _namespaces, into, [(_go, go.Number), (_goWriter, goWriter.Number),
                    (_input, streams.Input.Number), (_output, streams.Output.Number), (_error, streams.Error.Number),
                    (_consoleSocket, streams.ConsoleSocket?.Number ?? -1), (_startGate, streams.StartGate?.Number ?? -1),
                    (_startReports, streams.StartReports?.Number ?? -1), .. opened.Values]));
            }
            opened.Dispose();
            // Before it can end and be reaped: the PID and the start time name it for good.
            started = ProcessStat.TryReadStartTime(child.Pid) ?? 0;
            try
            {
                if (!HandsOver)
                    record?.Invoke(child.Pid, started);
                goWriter.Write([1]);
            }
            catch (ErrnoException e)
            {
                // The child's wait ends with the pipe, or it has failed already and says why.
                goWriter.Dispose();
                using (child)
                {
                    var early = child.WaitForExecute();
                    child.Process.Dispose();
                    throw early is { Errno: not Errno.EPIPE } ? LaunchErrors.Describe(_subject, _cgroup, _spec.Process!, early) : LaunchErrors.Describe(_subject, _cgroup, e);
                }
            }
        }
        return new StartingProcess(
            child, program: null, failure => LaunchErrors.Describe(_subject, _cgroup, _spec.Process!, failure), HandsOver ? null : started);
    }

    /// <summary>Whether the process that runs the command is not the clone itself but its sibling.</summary>
    private bool HandsOver { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _program.Dispose();

    private CloneFlags Compile()
    {
        var linux = _spec.Linux ?? new LinuxSpec();
        var spec = _spec.Process ?? throw new ContainerException(ErrorReason.InvalidArgument, "process: it is missing.");
        var namespaces = new NamespaceSteps(_program, linux);
        var process = new ProcessSteps(_program, spec)
        {
            InUserNamespace = namespaces.HasUser,
            Seccomp = SeccompSteps.Create(
                _program, SeccompFilter.Create(linux.Seccomp, _spec.Annotations), spec, new SeccompListener(_subject, "creating", _options.Bundle, _spec), _options.PreservedDescriptors),
            FaultPoints = _options.FaultPoints is { } points ? new FaultPointSteps(_program, points) : null,
            Personality = linux.Personality,
            MemoryPolicy = linux.MemoryPolicy,
            KeepsGroups = ProcessSteps.AsksToKeepGroups(_spec.Annotations),
            Keyring = _options.NoNewKeyring ? null : _subject,
            Warn = _options.Warn,
        };
        var terminal = spec.Terminal ? new TerminalSteps(_program) : null;

        _program.Call("close the pipe's other end", SystemCallNumber.close, _goWriter);
        if (_options.BeforeCgroup is { } admit)
            _program.Ask("make the control group", (child, _) => admit(child));
        process.JoinCgroup(_cgroup);
        process.SetOomScore();
        namespaces.Enter();
        if (namespaces.HandsOver)
            _program.Ask("record the start", (child, _) => _record?.Invoke(child.Pid, ProcessStat.TryReadStartTime(child.Pid) ?? 0));
        _program.Call("start a session", SystemCallNumber.setsid);
        if (terminal is null)
            process.SetStandardStreams(_input, _output, _error);
        namespaces.BringLoopbackUp();
        NetDeviceSteps.Move(_program, linux.NetDevices);
        if (_spec.Hostname is { Length: > 0 } hostname && namespaces.Has(CloneFlags.CLONE_NEWUTS))
            _program.Call("set the host name", SystemCallNumber.sethostname, _program.Text(hostname), Encoding.UTF8.GetByteCount(hostname));
        if (_spec.Domainname is { Length: > 0 } domain && namespaces.Has(CloneFlags.CLONE_NEWUTS))
            _program.Call("set the domain name", SystemCallNumber.setdomainname, _program.Text(domain), Encoding.UTF8.GetByteCount(domain));

        var root = new RootSteps(_program, namespaces.HasUser);
        var plan = new MountPlan(_spec, _options, namespaces, _cgroup, _inputs);
        var containerRoot = new ContainerRoot(_program, root, plan);
        var mounts = new MountSteps(_program, root, plan);
        containerRoot.Mount();
        namespaces.BecomeRoot(process.KeepsGroups);
        SysctlSteps.Set(_program, linux.Sysctl);
        namespaces.EnterCgroupNamespace();
        mounts.Fill();
        if (spec.Cwd != "/")
            root.OpenOrMakeDirectory(spec.Cwd);
        if (terminal is not null)
        {
            terminal.Open(root.Root, spec, _consoleSocket, _options.RelaysTerminal);
            terminal.BindConsole(root);
            terminal.Use();
        }
        if (_options.BeforePivot is { } hooks)
            _program.Ask("run the hooks", (child, _) => hooks(child));
        mounts.Close();
        containerRoot.Enter();

        process.HideFromContainer();
        process.ResetSignals();
        process.TryChangeDirectory();
        if (_options.WaitsForStart)
            KeepForStart(process);
        process.SetIdentity();
        _program.Call("wait until the start is recorded", SystemCallNumber.read, _go, _program.Memory(1), 1).Expecting(1);
        process.LoadSeccompWithParent();
        if (_options.BeforeExecute is { } last)
            _program.Ask("run the last hooks", (child, _) => last(child));
        if (_options.ShowsRoot)
            _program.Call("let the user see the root", SystemCallNumber.prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
        if (_options.WaitsForStart)
            WaitForStart(process);
        if (_options.Init)
        {
            // It executes nothing that would make it so, and an ordinary user's monitor has to look into its namespaces.
            if (namespaces.HasUser && OwnIdentity.User != 0)
                _program.Call("let the user see the init", SystemCallNumber.prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
            _program.BecomeInit("start the command below init");
            _program.Call("give the command a process group", SystemCallNumber.setpgid, 0, 0);
            if (terminal is not null)
                TerminalSteps.TakeForeground(_program);
        }
        process.Execute(_options.PreservedDescriptors);
        HandsOver = namespaces.HandsOver;
        return namespaces.New;
    }

    /// <summary>
    /// Puts the descriptors that the wait needs where those before and behind them can be closed, since the wait may be long;
    /// before process.rlimits, which may leave no room there. A filter that is loaded early may know nothing of
    /// close_range(2), so that they are closed before it.
    /// </summary>
    private void KeepForStart(ProcessSteps process)
    {
        const int SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGTERM = 15, SFD_CLOEXEC = 0x80000;
        var ending = 1UL << (SIGHUP - 1) | 1UL << (SIGINT - 1) | 1UL << (SIGQUIT - 1) | 1UL << (SIGTERM - 1);
        _program.Call("watch the signals", SystemCallNumber.signalfd4, -1, _program.Array(ending), sizeof(ulong), SFD_CLOEXEC).Into(_startSignals);
        var place = FirstKept;
        foreach (var kept in (ReadOnlySpan<ChildSlot>)[_startGate, _startReports, _startSignals, _go])
            _program.Call("keep what the start needs", SystemCallNumber.dup3, kept, place++, (long)OpenFlags.O_CLOEXEC).Into(kept);
        _program.MoveReports("keep what the start needs", place);
        if (process.Seccomp is { IsEarly: true } seccomp)
            seccomp.CloseDescriptors = CloseAllButKept;
    }

    private void CloseAllButKept()
    {
        _program.Call("close descriptors", SystemCallNumber.close_range, 3 + _options.PreservedDescriptors, FirstKept - 1);
        _program.Call("close descriptors", SystemCallNumber.close_range, FirstKept + 6, uint.MaxValue);
    }

    /// <summary>
    /// What create leaves behind. The command is looked up first, since a missing one is an error of create; the rest of
    /// the program runs when another process has written to the gate.
    /// </summary>
    private void WaitForStart(ProcessSteps process)
    {
        if (_hasCommand)
            process.LookUp();
        if (process.Seccomp is not { IsEarly: true })
            CloseAllButKept();
        _program.Call("close what the start does not need", SystemCallNumber.close, _go);
        _program.Announce("wait for the start", _startReports);
        _program.WaitAtGate("wait for the start", _startGate, _startSignals);
    }
}
