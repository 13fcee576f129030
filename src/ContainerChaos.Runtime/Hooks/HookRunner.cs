using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Runs hooks (runtime-spec, config: POSIX-platform Hooks): in order, with the container's state on standard input.</summary>
internal sealed class HookRunner
{
    private const int SIGSYS = 31;

    private readonly string _subject;
    private readonly RuntimeSpec _spec;

    /// <param name="subject">The container's id, for messages.</param>
    /// <param name="spec">
    /// The container, whose annotations <c>run.oci.hooks.stdout</c> and <c>.stderr</c> name files for the hooks' output, as in crun.
    /// </param>
    internal HookRunner(string subject, RuntimeSpec spec)
    {
        _subject = subject;
        _spec = spec;
    }

    /// <summary>Runs the hooks of one point.</summary>
    /// <param name="kind">Its name, as in the config.</param>
    /// <param name="hooks">The hooks.</param>
    /// <param name="state">The container's state.</param>
    /// <param name="container">The process whose namespaces they run in; null for the runtime's own.</param>
    /// <exception cref="ContainerException">One failed or took too long; those after it were not run.</exception>
    internal void Run(string kind, IReadOnlyList<HookSpec> hooks, StateDocument state, (PidFd Process, int Pid)? container = null)
    {
        if (hooks.Count == 0)
            return;
        var text = state.ToJson().ToBytes();
        for (var i = 0; i < hooks.Count; i++)
            Run(kind, i, hooks[i], text, WorkingDirectory(kind, state), container);
    }

    /// <summary>As <see cref="Run(string, IReadOnlyList{HookSpec}, StateDocument, ValueTuple{PidFd, int}?)"/>, with a warning for each that fails (poststop).</summary>
    internal void RunAll(string kind, IReadOnlyList<HookSpec> hooks, StateDocument state, RuntimeLog log)
    {
        var text = state.ToJson().ToBytes();
        for (var i = 0; i < hooks.Count; i++)
        {
            try
            {
                Run(kind, i, hooks[i], text, WorkingDirectory(kind, state), container: null);
            }
            catch (ContainerException e)
            {
                log.Warn(e.Message);
            }
        }
    }

    private void Run(string kind, int index, HookSpec hook, byte[] state, string directory, (PidFd Process, int Pid)? container)
    {
        using var program = new ChildProgram();
        ChildSlot target = program.NewSlot(), input = program.NewSlot(), output = program.NewSlot(), error = program.NewSlot();
        var args = hook.Args.Count > 0 ? hook.Args : [hook.Path];
        var isInContainer = kind == "startContainer";
        var steps = new ProcessSteps(program, new ProcessSpec
        {
            Args = [hook.Path, .. args.Skip(1)],
            Env = hook.Env ?? DefaultEnvironment(kind),
            Cwd = "/",
            // Whose home directory is looked up; the hook itself is root's.
            User = isInContainer && _spec.Process is { } process ? process.User : new UserSpec(),
        })
        {
            Seccomp = isInContainer ? SeccompSteps.CreateForHook(program, SeccompFilter.Create(_spec.Linux?.Seccomp)) : null,
        };
        if (container is { } joined)
        {
            ContainerNamespaces.Of(joined.Pid).Join(program, target);
            program.HandOver("fork inside the container");
        }
        program.Call("go to the working directory", SystemCallNumber.chdir, program.Text(directory)).ToleratingAll();
        if (isInContainer && hook.Env is null)
            steps.SetHome();
        program.Call("start a session", SystemCallNumber.setsid);
        steps.SetStandardStreams(input, output, error);
        steps.ResetSignals();
        steps.Execute(name: args[0]);

        using var stdin = FileDescriptor.Memory("hook-state", state);
        using var stdout = Sink("run.oci.hooks.stdout");
        using var stderr = Sink("run.oci.hooks.stderr");
        using var child = program.Start(
            CloneFlags.None, null, (target, container?.Process.Number ?? -1), (input, stdin.Number), (output, stdout.Number), (error, stderr.Number));
        var failure = child.WaitForExecute();
        using var running = child.Process;
        if (failure is not null)
            throw Failed(kind, index, hook, $"{failure.Step}: {ErrnoException.Describe(failure.Errno)}");
        if (hook.Timeout is > 0 and var seconds && !running.WaitForEnd(TimeSpan.FromSeconds(seconds)))
        {
            child.Kill();
            throw Failed(kind, index, hook, $"it took longer than its timeout of {seconds} s and was killed");
        }
        if (running.WaitForExit() is not 0 and var code)
            throw Failed(kind, index, hook, code > 128 ? $"it was ended by {SignalName.Of(code - 128)}{(code == 128 + SIGSYS ? " (bad system call)" : "")}" : $"{kind} hook failed with exit code {code}");
    }

    /// <summary>The bundle; a startContainer hook is in the container's root, where there is none.</summary>
    private static string WorkingDirectory(string kind, StateDocument state) => kind == "startContainer" ? "/" : state.Bundle;

    private IReadOnlyList<string> DefaultEnvironment(string kind) => kind == "startContainer" && _spec.Process is { } process
        ? process.Env
        : [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(v => $"{v.Key}={v.Value}").Except(OwnExecutable.ShortLivedSettings)];

    private ContainerException Failed(string kind, int index, HookSpec hook, string why) =>
        new(ErrorReason.StartFailed, $"{_subject}: error running {kind} hook #{index}: {hook.Path}: {why}.", _subject)
        {
            Remedy = "A hook must end with exit status 0; its standard error is the runtime's unless an annotation names a file.",
        };

    private FileDescriptor Sink(string annotation)
    {
        if (_spec.Annotations?.TryGetValue(annotation, out var path) == true)
            return FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x1B6 /* 0666 less the umask */);
        // Standard output is the container's.
        return FileDescriptor.Duplicate(2);
    }
}
