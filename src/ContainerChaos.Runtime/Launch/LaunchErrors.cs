using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What a failed start or exec is reported as.</summary>
internal static class LaunchErrors
{
    /// <summary>Runs a clone and says why there is no process.</summary>
    internal static StartedChild Clone(string subject, Cgroup cgroup, Func<StartedChild> clone)
    {
        try
        {
            return clone();
        }
        catch (ErrnoException e)
        {
            throw Describe(subject, cgroup, e);
        }
    }

    internal static ContainerException Describe(string subject, Cgroup cgroup, ErrnoException error) => error switch
    {
        { Errno: Errno.EAGAIN, Call: "clone3" } => PidTableFull(subject, "its first process", cgroup, error),
        { Errno: Errno.ENOSYS } => KernelTooOld(subject, "start a process", error.Call, error),
        { Errno: Errno.EPERM or Errno.EACCES } => new ContainerException(ErrorReason.PermissionDenied, $"{subject}: {error.Message}.", subject, error)
        {
            Remedy = "Run as root; CAP_SYS_ADMIN is needed to make namespaces and control groups.",
        },
        { Errno: Errno.ENOSPC, Call: "clone3" } => new ContainerException(ErrorReason.KernelError, $"{subject}: the limit on namespaces is reached: {error.Message}.", subject, error)
        {
            Remedy = "Raise user.max_*_namespaces (namespaces(7)), or remove containers.",
        },
        _ => new ContainerException(ErrorReason.StartFailed, $"{subject}: {error.Message}.", subject, error),
    };

    internal static ContainerException Describe(string subject, Cgroup? cgroup, ProcessSpec process, ChildFailure failure)
    {
        var command = process.Args[0];
        var cause = new ErrnoException(failure.Errno, failure.Step);
        var why = ErrnoException.Describe(failure.Errno);
        return failure switch
        {
            { Errno: Errno.ENOSYS, Call: { } call } => KernelTooOld(subject, failure.Step, call.ToString(), cause),
            { Stage: ChildStage.Execute, Errno: Errno.ENOENT or Errno.ENOTDIR } => new ContainerException(
                ErrorReason.CommandNotFound, $"{subject}: cannot start '{command}': {NotFound(command)}.", subject, cause)
            {
                Remedy = command.Contains('/')
                    ? "Check the path inside the image; a script's or a dynamic executable's interpreter must exist there too."
                    : "Give its full path, or set PATH.",
            },
            { Stage: ChildStage.Execute } => new ContainerException(
                ErrorReason.CommandNotExecutable, $"{subject}: cannot start '{command}': {(failure.Errno == Errno.EACCES ? $"exec {command}: permission denied ({Errno.EACCES})" : why)}.", subject, cause)
            {
                Remedy = "It must be a file with the execute permission, in a format that this kernel runs.",
            },
            { Stage: ChildStage.Fork, Errno: Errno.EAGAIN } => PidTableFull(subject, $"'{command}'", cgroup, cause),
            { Stage: ChildStage.WorkingDirectory } => new ContainerException(
                ErrorReason.StartFailed, $"{subject}: cannot change into the working directory '{process.Cwd}': {why}.", subject, cause)
            {
                Remedy = "It must be a directory inside the container that the user may enter.",
            },
            { Errno: Errno.ENODEV } when failure.Step.StartsWith("mount overlay", StringComparison.Ordinal) => new ContainerException(
                ErrorReason.NotSupported, $"{subject}: this kernel has no overlay file system.", subject, cause)
            {
                Remedy = "Load it with 'modprobe overlay'.",
            },
            { Errno: Errno.ENOSPC or Errno.EDQUOT } => new ContainerException(
                ErrorReason.DiskFull, $"{subject}: {failure.Step}: {why}.", subject, cause)
            { Remedy = "Free some space where the containers are stored." },
            // runc's words, which its users know and look for.
            { Stage: ChildStage.Mount } => new ContainerException(
                ErrorReason.StartFailed, $"unable to start container process: error during container init: error mounting in {subject}: {failure.Step}: {cause.Reason.ToLowerInvariant()} ({failure.Errno}).", subject, cause),
            _ => new ContainerException(ErrorReason.StartFailed, $"{subject}: {failure.Step}: {why}.", subject, cause)
            {
                Remedy = RemedyFor(failure.Step, failure.Errno),
            },
        };
    }

    /// <summary>What helps where a field of the specification was not granted.</summary>
    internal static string? RemedyFor(string step, Errno errno) => (step.Split(':')[0], errno) switch
    {
        ("process.scheduler", Errno.EPERM) =>
            "CAP_SYS_NICE is needed, on version 1 of control groups a cpu.rt_runtime_us as well; and a deadline process scheduler can't be used together with AllowedCPUs (linux.resources.cpu.cpus).",
        ("process.ioPriority", Errno.EPERM) => "CAP_SYS_NICE or CAP_SYS_ADMIN is needed for the real-time class.",
        ("process.oomScoreAdj", Errno.EACCES or Errno.EPERM) => "CAP_SYS_RESOURCE is needed to lower it.",
        ("process.user.uid" or "process.user.gid" or "process.user.additionalGids", Errno.EINVAL) => "The id must be among linux.uidMappings or linux.gidMappings.",
        ("process.user.additionalGids", Errno.EPERM) => "A user namespace that an ordinary user made has setgroups(2) denied; newgidmap(1) makes one that has not.",
        (var limit, Errno.EPERM) when limit.StartsWith("process.rlimits", StringComparison.Ordinal) => "fs.nr_open is the most that RLIMIT_NOFILE can be.",
        _ => null,
    };

    /// <summary>A command that a created container could not execute when it was started.</summary>
    internal static ContainerException DescribeExecution(string subject, ProcessSpec process, Errno errno) =>
        Describe(subject, cgroup: null, process, new ChildFailure("execute", errno, ChildStage.Execute));

    /// <summary>The words that clients of OCI runtimes look for to tell exit code 127 from the rest.</summary>
    internal static string NotFound(string command) =>
        command.Contains('/') ? $"exec {command}: no such file or directory" : $"exec \"{command}\": executable file not found in $PATH";

    private static ContainerException KernelTooOld(string subject, string step, string call, ErrnoException cause) => new(
        ErrorReason.NotSupported, $"{subject}: {step}: this kernel has no {call}(2) (ENOSYS).", subject, cause)
    {
        Errno = Errno.ENOSYS,
        Remedy = "Linux 5.12 or newer is needed; where it is newer, a seccomp filter around this process denies the call.",
    };

    private static ContainerException PidTableFull(string subject, string what, Cgroup? cgroup, ErrnoException cause) => new(
        ErrorReason.PidTableFull, $"{subject}: cannot start {what}: the container's PID table is full{Fill(cgroup)}.", subject, cause)
    {
        Remedy = "Raise -PidsLimit; if zombies fill it, start the container with -Init.",
    };

    private static string Fill(Cgroup? cgroup)
    {
        try
        {
            return cgroup?.ReadPidsLimit() is { } limit ? $" ({cgroup!.ReadPids()} of {limit})" : "";
        }
        catch (ErrnoException)
        {
            return "";
        }
    }
}
