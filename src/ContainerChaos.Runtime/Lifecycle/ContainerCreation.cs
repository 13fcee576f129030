using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Makes a container of a bundle, up to its first process: the part that <c>create</c> and <c>run</c> share. Whatever fails,
/// nothing of it is left.
/// </summary>
internal sealed class ContainerCreation
{
    private readonly GlobalOptions _global;
    private readonly CreateOptions _options;
    private readonly RuntimeSpec _spec;
    private readonly string _bundle;
    private readonly byte[] _config;
    private readonly string _rootfs;
    private readonly HookRunner _hooks;

    internal ContainerCreation(GlobalOptions global, CreateOptions options)
    {
        _global = global;
        _options = options;
        _bundle = Path.GetFullPath(options.Bundle);
        // Once: what is checked is what is kept.
        var configPath = Path.Combine(_bundle, options.Config);
        _config = RuntimeSpecJson.ReadFile(configPath);
        _spec = WithInheritedDescriptors(RuntimeSpecJson.Parse(_config, configPath));
        SpecValidation.Check(_spec, global.Log.Warn);
        if (_spec.Linux?.Seccomp is { } seccomp)
            global.Log.Debug($"seccomp filter flags: {(int)SeccompFilter.FlagsOf(seccomp)}");
        _rootfs = RootOf(_spec, _bundle);
        _hooks = new HookRunner(options.Id, _spec);
    }

    /// <summary>The container's config.</summary>
    internal RuntimeSpec Spec => _spec;

    /// <summary>What passes a started container's messages to a service manager; null when none listens. The caller disposes it.</summary>
    internal NotifySocket? Notify { get; private set; }

    /// <summary>Makes the container and starts its first process.</summary>
    /// <param name="waitsForStart">Whether that process stops before its command.</param>
    /// <param name="streams">Its streams.</param>
    /// <returns>The container and its process, a child of this one.</returns>
    internal (StoredContainer Container, LaunchedProcess Process) Start(bool waitsForStart, LaunchStreams streams)
    {
        var (container, held) = _global.Store.Reserve(_options.Id);
        using (held)
        {
            ContainerCgroup? cgroup = null;
            try
            {
                container.Spec = _spec;
                cgroup = ContainerCgroup.ForNew(_spec, _options.Id, _global.CgroupDriver);
                WriteConfig(container.ConfigPath);
                cgroup.Prepare();
                // Before the group is made: whoever finds the container of a command that was killed knows what to remove.
                container.Save(new ContainerRecord
                {
                    Id = _options.Id,
                    Bundle = _bundle,
                    Rootfs = _rootfs,
                    Owner = UserNames.Of(OwnIdentity.User),
                    Created = DateTimeOffset.UtcNow,
                    Cgroup = cgroup.Record,
                    ExternalDescriptors = ContainerRecord.Describe(streams),
                });
                cgroup.Create(_spec.Linux?.Resources);
                var process = Launch(container, cgroup, waitsForStart, streams);
                // The first process has a copy until its execve(2), which in a created container is far away.
                held.Unlock();
                return (container, process);
            }
            catch
            {
                Notify?.Dispose();
                Undo(container, cgroup);
                throw;
            }
        }
    }

    private LaunchedProcess Launch(StoredContainer container, ContainerCgroup cgroup, bool waitsForStart, LaunchStreams streams)
    {
        using var launcher = new ContainerLauncher(
            NotifySocket.Announce(_spec, container.NotifyDirectory),
            new LaunchOptions
            {
                RootPath = _rootfs,
                Bundle = _bundle,
                NoPivot = _options.NoPivot,
                NoNewKeyring = _options.NoNewKeyring,
                SpecIsChecked = true,
                Warn = _global.Log.Warn,
                PreservedDescriptors = _options.PreservedDescriptors + InheritedDescriptors,
                WaitsForStart = waitsForStart,
                RelaysTerminal = !waitsForStart && _options.RelaysTerminal,
                BeforeCgroup = cgroup.NeedsProcess ? child => Admit(container, cgroup, child) : null,
                BeforePivot = _spec.Hooks is { } hooks && (hooks.Prestart.Count | hooks.CreateRuntime.Count | hooks.CreateContainer.Count) != 0
                    ? child => RunCreateHooks(container, hooks, child)
                    : null,
                BeforeExecute = !waitsForStart && _spec.Hooks is { StartContainer.Count: > 0 } last
                    ? child => _hooks.Run("startContainer", last.StartContainer, container.Document("created") with { Pid = child.Pid }, (child.Process, child.Pid))
                    : null,
            },
            cgroup.Group, _options.Id);

        using var gate = waitsForStart ? OpenFifo(container.StartGate, OpenFlags.O_RDWR) : null;
        using var reports = waitsForStart ? OpenFifo(container.StartReports, OpenFlags.O_RDWR) : null;
        // The first process holds the writing end alone, so that its execve(2) is the end of the file for 'start'.
        using var reportsWriter = waitsForStart ? FileDescriptor.Open(container.StartReports, OpenFlags.O_WRONLY) : null;
        reports?.Dispose();
        Notify = waitsForStart ? null : NotifySocket.TryOpen(container.NotifyDirectory, _global.Log.Warn);
        _global.Log.Debug("nsexec container setup: clone the first process");
        var process = launcher.Start(
            streams with { StartGate = gate, StartReports = reportsWriter },
            (pid, started) =>
            {
                _global.Log.Debug("child process in init(): its namespaces are made");
                container.Save(container.Record! with { Pid = pid, StartTime = started, Cgroup = cgroup.Record });
            });
        _global.Log.Debug("init: closing the pipe to signal completion");
        try
        {
            if (_options.PidFile is { } file)
                WritePidFile(file, process.Pid);
            if (_options.PidFdSocket is { } socket)
                SendProcess(socket, process.Process);
            return process;
        }
        catch
        {
            process.Process.SendSignal(ContainerRemoval.SIGKILL);
            process.Process.WaitForExit();
            process.Process.Dispose();
            throw;
        }
    }

    private void Admit(StoredContainer container, ContainerCgroup cgroup, StartedChild child)
    {
        cgroup.Admit(child.Pid, _spec.Linux?.Resources);
        container.Save(container.Record! with { Cgroup = cgroup.Record });
    }

    private void RunCreateHooks(StoredContainer container, HooksSpec hooks, StartedChild child)
    {
        var state = container.Document("creating") with { Pid = child.Pid };
        _hooks.Run("prestart", hooks.Prestart, state);
        _hooks.Run("createRuntime", hooks.CreateRuntime, state);
        _hooks.Run("createContainer", hooks.CreateContainer, state, (child.Process, child.Pid));
    }

    private void Undo(StoredContainer container, ContainerCgroup? cgroup)
    {
        try
        {
            cgroup?.Delete();
        }
        catch (ContainerException e)
        {
            _global.Log.Warn(e.Message);
        }
        // runtime-spec, lifecycle: what fails after the environment was made goes on with the removal, and its hooks.
        if (container.Record is { Pid: > 0 } && _spec.Hooks is { Poststop.Count: > 0 } hooks)
            _hooks.RunAll("poststop", hooks.Poststop, container.Document("stopped"), _global.Log);
        container.Remove();
    }

    private void WriteConfig(string path)
    {
        using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x180 /* 0600 */);
        file.Write(_config);
    }

    /// <summary>Hands a descriptor of a process to whoever listens at a socket (<c>--pidfd-socket</c>).</summary>
    internal static void SendProcess(string path, PidFd process)
    {
        try
        {
            UnixMessage.Send(path, "pidfd"u8, process);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"--pidfd-socket: {e.Message}", path, e) { Errno = e.Errno };
        }
    }

    /// <summary>Written beside it and renamed, so that nobody reads half a number.</summary>
    internal static void WritePidFile(string path, int pid)
    {
        var whole = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(whole)!, "." + Path.GetFileName(whole));
        File.WriteAllText(temporary, pid.ToString(CultureInfo.InvariantCulture));
        File.Move(temporary, whole, overwrite: true);
    }

    private static FileDescriptor OpenFifo(string path, OpenFlags flags)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Fifo.Create(path);
        return FileDescriptor.Open(path, flags);
    }

    private static string RootOf(RuntimeSpec spec, string bundle)
    {
        var path = Path.GetFullPath(spec.Root!.Path, bundle);
        return Directory.Exists(path) ? path : throw new ContainerException(ErrorReason.InvalidArgument, $"root.path: {path}: no such file or directory.", path);
    }

    /// <summary>sd_listen_fds(3): how many descriptors the caller was given, from 3 on.</summary>
    private static int InheritedDescriptors => int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), out var count) ? Math.Max(count, 0) : 0;

    /// <summary>Those descriptors are the container's, whose first process is PID 1.</summary>
    private static RuntimeSpec WithInheritedDescriptors(RuntimeSpec spec)
    {
        if (spec.Process is null || InheritedDescriptors == 0)
            return spec;
        var names = Environment.GetEnvironmentVariable("LISTEN_FDNAMES");
        return spec with
        {
            Process = spec.Process with
            {
                Env = [.. spec.Process.Env, $"LISTEN_FDS={InheritedDescriptors}", "LISTEN_PID=1", .. names is null ? [] : new[] { $"LISTEN_FDNAMES={names}" }],
            },
        };
    }
}
