using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// The OCI command line: the verbs and options of runc, and those of crun's that other suites use, over the runtime.
/// </summary>
public static class OciCommandLine
{
    private static string Usage => $"""
        NAME:
           {OptionParser.ProgramName} - Open Container Initiative runtime

        Usage: {OptionParser.ProgramName} [OPTION...] COMMAND [ARGUMENT...]

        COMMANDS:
          create     make a container whose process waits for start
          start      let a created container run its command
          run        create, start, wait for and delete a container
          exec       run another command in a container
          kill       send a signal to a container's first process
          delete     remove a container
          state      a container's state as JSON
          list       the containers
          ps         the processes of a container
          pause      freeze a container
          resume     thaw a container
          update     change a container's limits
          events     a container's OOM events and resource use
          mounts     add mounts to a running container, or remove them
          spec       write a config.json to begin with
          features   what this runtime can do, as JSON

        '{OptionParser.ProgramName} COMMAND --help' shows a command's options, '{OptionParser.ProgramName} --help' this.

        """;

    /// <summary>The signals that run and exec pass on to their process, in the kernel's sigset_t: to be blocked before the runtime starts.</summary>
    public const ulong ForwardedSignals = ForegroundWait.Signals;

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">The process's arguments.</param>
    /// <param name="version">The product's version, with the commit behind a plus; asked for where it is shown, since it is looked up by reflection.</param>
    /// <returns>The exit code: the container's for run and exec; 1 for an error; 126 and 127 from run for a command that can't be executed, 255 from exec, as runc has it.</returns>
    public static int Execute(ReadOnlySpan<string> arguments, Func<string> version)
    {
        if (arguments is [] or ["--help" or "-h", ..] or ["help"])
        {
            RuntimeLog.Write(1, Usage);
            return 0;
        }
        if (arguments is ["--version" or "-v"] || arguments[^1] == "--version")
        {
            var (number, commit) = version().Split('+') is [var before, var after] ? (before, after) : (version(), "unknown");
            RuntimeLog.Write(1, $"{OptionParser.ProgramName} version {number}\ncommit: {commit}\nspec: {RuntimeSpec.SupportedVersion}\n+SYSTEMD +SECCOMP +EBPF +CAP\n");
            return 0;
        }
        var global = new GlobalOptions();
        var verb = "";
        try
        {
            (global, var rest) = GlobalOptions.Parse(arguments);
            verb = rest is [var first, ..] ? first : "";
            // These put a process of this program into a container, which may be hostile (CVE-2019-5736).
            if (verb is "create" or "run" or "exec" or "start")
                OwnExecutable.Protect([Environment.GetCommandLineArgs()[0], .. arguments], ForegroundWait.Signals);
            // Only what waits for a process passes signals on to it.
            if (verb is not ("run" or "exec"))
                SignalFd.Unblock(ForegroundWait.Signals);
            if (global.Log.IsDebugging)
                global.Log.Debug($"{verb}: version {version()}, {string.Join(' ', rest)}");
            return Execute(global, verb, rest.Length > 0 ? rest[1..] : [], version);
        }
        catch (ContainerException e)
        {
            return Fail(global, verb, e.Remedy is null ? e.Message : $"{e.Message} {e.Remedy}", e.ExitCode);
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            return Fail(global, verb, e.Message, 125);
        }
    }

    private static int Execute(GlobalOptions global, string verb, ReadOnlySpan<string> arguments, Func<string> version) => verb switch
    {
        "help" => 0,
        "create" => CreateCommand.Execute(global, arguments),
        "start" => StartCommand.Execute(global, arguments),
        "run" => RunCommand.Execute(global, arguments),
        "exec" => ExecCommand.Execute(global, arguments),
        "kill" => KillCommand.Execute(global, arguments),
        "delete" => DeleteCommand.Execute(global, arguments),
        "state" => StateCommand.Execute(global, arguments),
        "list" => ListCommand.Execute(global, arguments),
        "ps" => PsCommand.Execute(global, arguments),
        "pause" => PauseCommand.Pause(global, arguments),
        "resume" => PauseCommand.Resume(global, arguments),
        "update" => UpdateCommand.Execute(global, arguments),
        "events" => EventsCommand.Execute(global, arguments),
        "spec" => SpecCommand.Execute(arguments),
        "mounts" => MountsCommand.Execute(global, arguments),
        "checkpoint" or "restore" => CheckpointCommand.Execute(verb, arguments),
        "features" => FeaturesCommand.Execute(arguments, version()),
        _ => throw new ContainerException(ErrorReason.InvalidArgument, $"'{verb}' is not a command (No help topic for '{verb}').", verb) { Remedy = "'ccrun --help' lists them." },
    };

    private static int Fail(GlobalOptions global, string verb, string message, int exitCode)
    {
        global.Log.Error($"{OptionParser.ProgramName}{(verb.Length > 0 ? $" {verb} failed" : "")}: {message}");
        return verb switch
        {
            "run" when exitCode is 126 or 127 => exitCode,
            "exec" => 255,
            _ => 1,
        };
    }
}
