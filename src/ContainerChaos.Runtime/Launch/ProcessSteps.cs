using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// The steps that turn a child into the command: limits, identity, capabilities, standard streams, signals, execve(2).
/// The same for a container's first process and for one executed in it later.
/// </summary>
internal sealed partial class ProcessSteps
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const int PR_SET_DUMPABLE = 4, PR_SET_KEEPCAPS = 8, PR_SET_NO_NEW_PRIVS = 38;

    private readonly ChildProgram _program;
    private readonly ChildSlot _directoryErrno;
    private readonly ProcessSpec _process;

    internal ProcessSteps(ChildProgram program, ProcessSpec process)
    {
        if (process.Args.Count == 0)
            throw new ContainerException(ErrorReason.InvalidArgument, "process.args: there is no command.");
        if (!process.Cwd.StartsWith('/'))
            throw new ContainerException(ErrorReason.InvalidArgument, $"process.cwd: '{process.Cwd}' is not an absolute path.", process.Cwd);
        _program = program;
        _directoryErrno = program.NewSlot();
        _process = process;
    }

    /// <summary>Whether the process is in another user namespace than this runtime, where it has every capability to give.</summary>
    internal bool InUserNamespace { get; init; }

    /// <summary>The container's filter; null for none.</summary>
    internal SeccompSteps? Seccomp { get; init; }

    /// <summary>The container's fault points; null for none.</summary>
    internal FaultPointSteps? FaultPoints { get; init; }

    /// <summary>Whether the caller's supplementary groups stay: the way into directories that only a group may enter.</summary>
    internal bool KeepsGroups { get; init; }

    /// <summary>crun's annotation for it, which podman sets for <c>--group-add keep-groups</c>.</summary>
    internal static bool AsksToKeepGroups(IReadOnlyDictionary<string, string>? annotations) =>
        annotations is not null && annotations.TryGetValue("run.oci.keep_original_groups", out var value) && value is "1" or "true";

    /// <summary>Whether the process is executed in a container that runs already.</summary>
    internal bool IsExecuted { get; init; }

    /// <summary>The execution domain; null leaves it.</summary>
    internal PersonalitySpec? Personality { get; init; }

    /// <summary>From which nodes memory is taken; null leaves it.</summary>
    internal MemoryPolicySpec? MemoryPolicy { get; init; }

    /// <summary>The name of the session keyring to join; null stays in the caller's.</summary>
    internal string? Keyring { get; init; }

    /// <summary>Takes what can't be granted and is not an error; null when nobody listens.</summary>
    internal Action<string>? Warn { get; init; }

    /// <summary>Enters a control group that the process was not born in. Needs the host's mounts, so it comes early.</summary>
    internal void JoinCgroup(Cgroup cgroup)
    {
        SetInitialAffinity();
        foreach (var path in cgroup.JoinFiles)
        {
            if (IsRealTime && HasNoRealTime(path))
            {
                Warn?.Invoke($"process.scheduler: the process stays out of {Path.GetDirectoryName(path)}, which has no share of real time (cpu.rt_runtime_us, linux.resources.cpu.realtimeRuntime).");
                continue;
            }
            var file = _program.NewSlot();
            _program.Call($"open {path}", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text(path), (long)(OpenFlags.O_WRONLY | OpenFlags.O_CLOEXEC), 0).Into(file);
            _program.Call($"join {path}", SystemCallNumber.write, file, _program.Text("0"), 1);
        }
        SetFinalAffinity();
        OpenProc();
    }

    /// <summary>Moves three descriptors to 0, 1 and 2.</summary>
    internal void SetStandardStreams(ChildSlot input, ChildSlot output, ChildSlot error)
    {
        _program.Call("set up standard input", SystemCallNumber.dup2, input, 0);
        _program.Call("set up standard output", SystemCallNumber.dup2, output, 1);
        _program.Call("set up standard error", SystemCallNumber.dup2, error, 2);
    }

    /// <summary>Needs the host's /proc, so it comes before the change of the root.</summary>
    internal void SetOomScore()
    {
        if (_process.OomScoreAdj is not { } score)
            return;
        var file = _program.NewSlot();
        var text = score.ToString();
        _program.Call("open oom_score_adj", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text("/proc/self/oom_score_adj"), (long)(OpenFlags.O_WRONLY | OpenFlags.O_CLOEXEC), 0).Into(file);
        _program.Call($"process.oomScoreAdj: set oom_score_adj to {text}", SystemCallNumber.write, file, _program.Text(text), text.Length);
    }

    /// <summary>Resource limits, user, groups, the working directory as that user, capabilities, no new privileges.</summary>
    internal void SetIdentity()
    {
        SetHome();
        SetLimits();
        SetScheduling();
        JoinKeyring();
        SetLabels();
        if (_process.NoNewPrivileges)
            _program.Call("set no_new_privs", SystemCallNumber.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);

        var capabilities = Granted();
        LimitCapabilities(capabilities.Bounding);

        var user = _process.User;
        if (user.Uid != 0)
            _program.Call("keep capabilities", SystemCallNumber.prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
        _program.Call("set the umask", SystemCallNumber.umask, user.Umask ?? 0x12 /* 022 */);
        SetGroups();
        _program.Call($"process.user.gid: become group {user.Gid}", SystemCallNumber.setresgid, user.Gid, user.Gid, user.Gid);
        _program.Call($"process.user.uid: become user {user.Uid}", SystemCallNumber.setresuid, user.Uid, user.Uid, user.Uid);
        // Before the filter, which may know nothing of getcwd(2).
        ChangeDirectory();
        if (Seccomp is { NeedsPrivilege: true } || FaultPoints is not null)
        {
            // A change of the user has left the capabilities permitted (PR_SET_KEEPCAPS) but not effective.
            if (user.Uid != 0)
                SetCapabilities(Available, Available, 0);
            FaultPoints?.Load();
            if (Seccomp is { NeedsPrivilege: true })
                Seccomp.Load();
        }
        SetCapabilities(capabilities);
    }

    /// <summary>After the change of the user, which takes the signal back (prctl(2), PR_SET_PDEATHSIG).</summary>
    internal void EndWithParent()
    {
        const int PR_SET_PDEATHSIG = 1, SIGKILL = 9;
        _program.Call("end with the caller", SystemCallNumber.prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0).Tolerating(Errno.EPERM);
    }

    private void SetGroups()
    {
        var gids = _process.User.AdditionalGids;
        if (KeepsGroups)
        {
            if (gids.Count > 0)
                Warn?.Invoke("process.user.additionalGids: ignored, since the annotation run.oci.keep_original_groups keeps the caller's.");
            return;
        }
        var step = _program.Call("process.user.additionalGids: set the supplementary groups", SystemCallNumber.setgroups, gids.Count, _program.Array<uint>([.. gids]));
        // user_namespaces(7): where setgroups(2) is denied, nobody has a group too many to be rid of.
        if (InUserNamespace && gids.Count == 0)
            step.Tolerating(Errno.EPERM);
    }

    /// <summary>Loads a filter with a listener while the parent can take it to the agent.</summary>
    internal void LoadSeccompWithParent()
    {
        if (Seccomp is { NeedsPrivilege: false, NeedsParent: true })
            Seccomp.Load();
    }

    /// <summary>Default dispositions for every signal: what this runtime ignores (SIGPIPE), a container must not.</summary>
    internal void ResetSignals()
    {
        const int SIGKILL = 9, SIGSTOP = 19, last = 64;
        var byDefault = _program.Memory(32);
        for (var signal = 1; signal <= last; signal++)
        {
            if (signal is not (SIGKILL or SIGSTOP))
                _program.Call("reset the signals", SystemCallNumber.rt_sigaction, signal, byDefault, 0, 8).ToleratingAll();
        }
    }

    /// <summary>
    /// Goes to the working directory while still root, who may enter one that the user may not; where root may not either, as on
    /// a network file system, <see cref="ChangeDirectory"/> tries again as the user.
    /// </summary>
    internal void TryChangeDirectory()
    {
        _program.Stage = ChildStage.WorkingDirectory;
        _program.Call($"change into the working directory {_process.Cwd}", SystemCallNumber.chdir, _program.Text(_process.Cwd))
            .Tolerating(Errno.EACCES, Errno.EPERM).KeepingErrnoIn(_directoryErrno);
        _program.Stage = ChildStage.Setup;
    }

    /// <summary>Is in the working directory, and refuses one that is not below the root (CVE-2024-21626).</summary>
    private void ChangeDirectory()
    {
        _program.Stage = ChildStage.WorkingDirectory;
        var step = $"change into the working directory {_process.Cwd}";
        _program.SkipIf(_directoryErrno, 0, 1);
        _program.Call(step, SystemCallNumber.chdir, _program.Text(_process.Cwd));
        var buffer = _program.Memory(4096);
        _program.Call(step, SystemCallNumber.getcwd, buffer, 4096);
        _program.RequireByte(step, buffer, (byte)'/');
        _program.Stage = ChildStage.Setup;
    }

    /// <summary>Unblocks the signals, closes every other descriptor and executes the command, looked up in its PATH.</summary>
    /// <param name="preserved">How many descriptors from 3 on stay open.</param>
    /// <param name="name">What the command is told it was called as (argv[0]), if not what it is looked up by.</param>
    internal void Execute(int preserved = 0, string? name = null)
    {
        _program.Call("unblock the signals", SystemCallNumber.rt_sigprocmask, 2 /* SIG_SETMASK */, _program.Memory(8), 0, 8);
        const int CLOSE_RANGE_CLOEXEC = 4;
        // A filter that is loaded by now has closed them beforehand, and may know nothing of this call.
        if (Seccomp is not { IsEarly: true })
            _program.Call("close descriptors", SystemCallNumber.close_range, 3 + preserved, uint.MaxValue, CLOSE_RANGE_CLOEXEC);
        if (Seccomp is { IsEarly: false })
            Seccomp.Load();

        _program.Stage = ChildStage.Execute;
        var command = _process.Args[0];
        var step = $"execute '{command}'";
        var arguments = _program.TextArray(name is null ? _process.Args : [name, .. _process.Args.Skip(1)]);
        var environment = Environment();
        var errno = _program.NewSlot();
        foreach (var candidate in Candidates(command))
        {
            _program.Call(step, SystemCallNumber.execve, _program.Text(candidate), arguments, environment)
                .Tolerating(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES).KeepingErrnoIn(errno);
        }
        _program.FailWith(step, errno);
    }

    /// <summary>Fails as <see cref="Execute"/> would when the command is not there or not executable, without executing it.</summary>
    internal void LookUp()
    {
        _program.Stage = ChildStage.Execute;
        const int X_OK = 1;
        var step = $"look up '{_process.Args[0]}'";
        var errno = _program.NewSlot();
        var candidates = Candidates(_process.Args[0]).ToArray();
        for (var i = 0; i < candidates.Length; i++)
        {
            _program.Call(step, SystemCallNumber.access, _program.Text(candidates[i]), X_OK)
                .Tolerating(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES).KeepingErrnoIn(errno).SkippingOnSuccess(candidates.Length - i);
        }
        _program.FailWith(step, errno);
        _program.Stage = ChildStage.Setup;
    }

    /// <summary>Gives nobody outside the initial namespace a way to this process before its execve(2).</summary>
    internal void HideFromContainer() =>
        _program.Call("become undumpable", SystemCallNumber.prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);

    private IEnumerable<string> Candidates(string command)
    {
        if (command.Contains('/'))
            return [command];
        var path = _process.Env.LastOrDefault(v => v.StartsWith("PATH=", StringComparison.Ordinal))?[5..] ?? DefaultPath;
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(directory => $"{directory}/{command}");
    }
}
