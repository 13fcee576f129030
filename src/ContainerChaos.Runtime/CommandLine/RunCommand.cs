using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// <c>ccrun run --bundle DIR ID</c>: creates, starts, waits for and deletes a container in the foreground, on the
/// caller's standard streams, as any OCI runtime does.
/// </summary>
public static class RunCommand
{
    private const string DefaultRoot = "/run/ccrun";

    // The caller's streams are never closed: an error is still to be told on one of them.
    private static readonly FileDescriptor Input = new(0), Output = new(1), ErrorOutput = new(2);

    /// <summary>The usage line.</summary>
    public const string Usage = "usage: ccrun [--root DIR] run [--bundle DIR] [--pid-file FILE] ID";

    /// <summary>Runs a bundle.</summary>
    /// <param name="root">Where the ids in use are kept; null for <c>/run/ccrun</c>.</param>
    /// <param name="arguments">What follows the verb.</param>
    /// <returns>The container's exit code; 125 to 127 when it could not be started.</returns>
    /// <exception cref="ContainerException">The bundle is unusable, the id is taken, or the start failed.</exception>
    public static int Execute(string? root, IReadOnlyList<string> arguments)
    {
        var (bundle, pidFile, id) = Parse(arguments);
        var spec = RuntimeSpecJson.Read(Path.Combine(bundle, "config.json"));
        SpecValidation.Check(spec);
        var rootPath = Path.Combine(bundle, spec.Root!.Path);
        if (!Directory.Exists(rootPath))
            throw new ContainerException(ErrorReason.InvalidArgument, $"root.path: {rootPath} is not a directory.", rootPath);

        using var reservation = IdReservation.Take(root ?? DefaultRoot, id);
        var cgroup = CgroupHost.Current.Group(spec.Linux?.CgroupsPath is { Length: > 0 } path ? "/" + path.TrimStart('/') : "/containerchaos/" + id);
        try
        {
            using var launcher = new ContainerLauncher(spec, new LaunchOptions { RootPath = Path.GetFullPath(rootPath) }, cgroup, id);
            cgroup.Create();
            CgroupResources.Apply(cgroup, spec.Linux?.Resources ?? new ResourcesSpec());
            var launched = launcher.Start(new LaunchStreams(Input, Output, ErrorOutput));
            using var process = launched.Process;
            if (pidFile is not null)
                File.WriteAllText(pidFile, launched.Pid.ToString());
            return WaitForwardingSignals(process);
        }
        catch (ErrnoException e)
        {
            throw LaunchErrors.Describe(id, cgroup, e);
        }
        finally
        {
            cgroup.TryDelete();
        }
    }

    private static int WaitForwardingSignals(PidFd process)
    {
        // Only a caller that is a terminal or a supervisor sends signals, so the handlers' thread is started after the container.
        ReadOnlySpan<PosixSignal> forwarded = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        var registrations = new List<PosixSignalRegistration>(forwarded.Length);
        foreach (var signal in forwarded)
        {
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                process.SendSignal(NativeSignal(context.Signal));
            }));
        }
        var exitCode = process.WaitForExit();
        foreach (var registration in registrations)
            registration.Dispose();
        return exitCode;
    }

    private static int NativeSignal(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        _ => 15,
    };

    private static (string Bundle, string? PidFile, string Id) Parse(IReadOnlyList<string> arguments)
    {
        string bundle = ".";
        string? pidFile = null, id = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = arguments[i].Split('=', 2) is [var head, var tail] && head.StartsWith('-') ? (head, tail) : (arguments[i], null);
            switch (name)
            {
                case "--bundle" or "-b":
                    bundle = value ?? Next();
                    break;
                case "--pid-file":
                    pidFile = value ?? Next();
                    break;
                case not null when name.StartsWith('-') || id is not null:
                    throw new ContainerException(ErrorReason.InvalidArgument, $"'{arguments[i]}' is not understood.", arguments[i]) { Remedy = Usage };
                default:
                    id = name;
                    break;
            }

            string Next() => ++i < arguments.Count
                ? arguments[i]
                : throw new ContainerException(ErrorReason.InvalidArgument, $"{name} needs a value.", name) { Remedy = Usage };
        }
        return (Path.GetFullPath(bundle), pidFile, id ?? throw new ContainerException(ErrorReason.InvalidArgument, "The container's id is missing.") { Remedy = Usage });
    }
}
