using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>One container's directory below the runtime's root: its state, its config, and what starts it.</summary>
/// <remarks>
/// <c>status</c> is written by rename; <c>config.json</c> is the bundle's at the time of create, which later commands go by;
/// <c>exec.fifo</c> is what a created container's first process reads, gone when it was started, and <c>report/exec.fifo</c> where it tells of a failure; <c>lock</c> is held by
/// the command that changes the container.
/// </remarks>
internal sealed class StoredContainer
{
    private readonly string _directory;
    private RuntimeSpec? _spec;

    internal StoredContainer(string directory) => _directory = directory;

    /// <summary>What is kept; null while another command has not yet come to write it.</summary>
    internal ContainerRecord? Record { get; private set; }

    /// <summary>The id.</summary>
    internal string Id => Path.GetFileName(_directory);

    /// <summary>The config it was created with.</summary>
    internal RuntimeSpec Spec
    {
        get => _spec ??= RuntimeSpecJson.Read(ConfigPath);
        set => _spec = value;
    }

    internal string ConfigPath => Path.Combine(_directory, "config.json");

    /// <summary>What a created container's first process reads from, and <c>start</c> writes to.</summary>
    internal string StartGate => Path.Combine(_directory, "exec.fifo");

    /// <summary>What that process reports a failed execve(2) to.</summary>
    internal string StartReports => Path.Combine(_directory, "report", "exec.fifo");

    /// <summary>What the container has mounted to speak to a service manager, if it has one; see <see cref="NotifySocket"/>.</summary>
    internal string NotifyDirectory => Path.Combine(_directory, "notify");

    internal string LockPath => Path.Combine(_directory, "lock");

    /// <summary>Reads the record again.</summary>
    internal bool TryLoad()
    {
        try
        {
            var path = Path.Combine(_directory, "status");
            // An exception costs a container that is just being made a tenth of a millisecond.
            if (!File.Exists(path))
                return false;
            Record = ContainerRecord.Parse(File.ReadAllBytes(path), path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (ContainerException e)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"{Id}: its state is damaged: {e.Message}", Id, e)
            {
                Remedy = "Remove it with 'delete --force'.",
            };
        }
    }

    /// <summary>Replaces the record.</summary>
    internal void Save(ContainerRecord record)
    {
        Record = record;
        var path = Path.Combine(_directory, "status");
        using (var file = FileDescriptor.Open(path + ".new", OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x180 /* 0600 */))
            file.Write(record.ToBytes());
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Whether there is no first process yet: its creator works on it, or was killed.</summary>
    internal bool IsBeingCreated => Record is null or { Pid: 0 };

    /// <summary>Whether something that the creator waits for, a hook or a seccomp agent, may ask for the state meanwhile.</summary>
    internal bool AsksDuringCreation =>
        Spec.Hooks is { } hooks && (hooks.Prestart.Count | hooks.CreateRuntime.Count | hooks.CreateContainer.Count) != 0 || Spec.Linux?.Seccomp?.ListenerPath is { Length: > 0 };

    /// <summary>Where the container stands now.</summary>
    internal ContainerStatus Status()
    {
        if (Record is not { Pid: > 0 } record)
            return ContainerStatus.Created;
        if (!IsAlive(record))
            return ContainerStatus.Exited;
        if (Cgroup() is { IsFrozen: true })
            return ContainerStatus.Paused;
        return File.Exists(StartGate) ? ContainerStatus.Created : ContainerStatus.Running;
    }

    /// <summary>The word for it in the specification's state.</summary>
    internal string StatusText() => IsBeingCreated ? "creating" : Status() switch
    {
        ContainerStatus.Created => "created",
        ContainerStatus.Paused => "paused",
        ContainerStatus.Running => "running",
        _ => "stopped",
    };

    /// <summary>The specification's state.</summary>
    internal StateDocument Document(string? status = null)
    {
        status ??= StatusText();
        return new StateDocument
        {
            Id = Id,
            Status = status,
            Pid = status == "stopped" ? 0 : Record?.Pid ?? 0,
            Bundle = Record?.Bundle ?? "",
            Annotations = Spec.Annotations,
            Rootfs = Record?.Rootfs,
            Created = Record?.Created,
            Owner = Record?.Owner,
            SystemdScope = Record?.Cgroup?.Unit,
        };
    }

    /// <summary>The control group.</summary>
    internal ContainerCgroup? Cgroup() => Record?.Cgroup is { } cgroup ? ContainerCgroup.FromState(Id, cgroup) : null;

    /// <summary>The first process, verified by its start time after it was opened; null when it has ended.</summary>
    internal PidFd? OpenProcess()
    {
        if (Record is not { Pid: > 0 } record)
            return null;
        var process = PidFd.TryOpen(record.Pid);
        if (process is not null && IsAlive(record))
            return process;
        process?.Dispose();
        return null;
    }

    /// <summary>Takes the directory away, with everything in it.</summary>
    internal void Remove()
    {
        // The state goes first: what is left of an interrupted removal is a container that never was.
        foreach (var file in (ReadOnlySpan<string>)["status", "status.new", "config.json", "exec.fifo", "report/exec.fifo", "lock"])
        {
            if (File.Exists(Path.Combine(_directory, file)))
                File.Delete(Path.Combine(_directory, file));
        }
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another delete was here at the same time.
        }
    }

    /// <summary>
    /// A zombie counts as ended, unless threads of it go on: a first process whose leader has called pthread_exit(3) still holds
    /// the container. One that waits in its end for others of its pid namespace to be reaped outside has ended.
    /// </summary>
    private static bool IsAlive(ContainerRecord record) =>
        ProcessStat.TryRead(record.Pid, out var stat) && stat.StartTime == record.StartTime && !stat.HasEnded();
}
