using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// The control group of one container, from its making to its removal, for the OCI command line. It is made in every
/// hierarchy that is mounted, as the peers do: tools look for the container's path in each line of <c>/proc/PID/cgroup</c>.
/// </summary>
/// <remarks>
/// The order of a start: <see cref="Create"/> with the limits before the clone, so that no instant is without them; the clone
/// into <see cref="Cgroup.OpenForClone"/>; the child writes <c>0</c> to <see cref="Cgroup.JoinFiles"/> while it still has its
/// parent's user. <see cref="Record"/> goes into the state. When <see cref="NeedsProcess"/>, only a process can bring the group
/// about: the child is cloned where its parent is, parks, and <see cref="Admit"/> is called with its PID before it joins.
/// </remarks>
internal sealed class ContainerCgroup
{
    private const int SIGKILL = 9;
    private const string DelegateIt = "Run as root with the control groups mounted writable, or have the group delegated to the user (systemd: Delegate=yes).";

    // crun's, which podman sets: a group below the scope that the container is in, and one below that which it may manage.
    private const string SubgroupAnnotation = "run.oci.systemd.subgroup", DelegateAnnotation = "run.oci.delegate-cgroup";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _subject;
    private readonly bool _isDefault;
    private readonly RuntimeSpec _spec;
    private CgroupRecord _record;
    private string _slice = "";
    private IReadOnlyDictionary<string, string> _annotations = new Dictionary<string, string>();

    private ContainerCgroup(string subject, CgroupRecord record, bool isDefault, RuntimeSpec? spec = null)
    {
        _subject = subject;
        _record = record;
        _isDefault = isDefault;
        _spec = spec ?? new RuntimeSpec();
        Group = Describe(() => Open(record, comesWithProcess: record.Unit is not null && spec is not null));
    }

    /// <summary>What the state keeps; complete after <see cref="Create"/> or <see cref="Admit"/>.</summary>
    internal CgroupRecord Record => _record;

    /// <summary>The group itself: without any directory when the container stays where it was started from.</summary>
    internal Cgroup Group { get; private set; }

    /// <summary>Whether the group comes about with the first process (<see cref="CgroupDriver.Systemd"/>), see <see cref="Admit"/>.</summary>
    internal bool NeedsProcess => _record.Driver == CgroupDriver.Systemd;

    /// <summary>The group that a container is to have; nothing is made yet.</summary>
    /// <param name="spec">The container, with <c>linux.cgroupsPath</c>.</param>
    /// <param name="id">Its id: the default name of the group.</param>
    /// <param name="driver">Who makes it.</param>
    /// <exception cref="ContainerException">The path leads out of the hierarchy (<see cref="ErrorReason.InvalidArgument"/>), or the host has no control groups.</exception>
    internal static ContainerCgroup ForNew(RuntimeSpec spec, string id, CgroupDriver driver)
    {
        switch (driver)
        {
            case CgroupDriver.Disabled:
                return new ContainerCgroup(id, new CgroupRecord { Driver = driver }, isDefault: true, spec);
            case CgroupDriver.Systemd:
                var (unit, slice, scope) = SystemdScope.Plan(spec, id);
                var annotations = spec.Annotations ?? new Dictionary<string, string>();
                var record = new CgroupRecord { Driver = driver, Unit = unit, Path = scope + Below(annotations, SubgroupAnnotation) + Below(annotations, DelegateAnnotation) };
                return new ContainerCgroup(id, record, isDefault: false, spec) { _slice = slice, _annotations = annotations };
            default:
                return new ContainerCgroup(id, new CgroupRecord { Driver = driver, Path = ToAbsolute(spec.Linux?.CgroupsPath, id) }, isDefault: spec.Linux?.CgroupsPath is null or "", spec);
        }
    }

    /// <summary>The group of a container that exists.</summary>
    internal static ContainerCgroup FromState(string id, CgroupRecord record)
    {
        var cgroup = new ContainerCgroup(id, record, isDefault: false);
        // Where it could not be made it is not: a hierarchy that was read-only then.
        cgroup.Group.KeepExisting();
        return cgroup;
    }

    /// <summary>The group of a container that exists, for nothing but <see cref="Delete"/>: where it is in each hierarchy, that need not be looked up.</summary>
    internal static ContainerCgroup ForRemoval(string id, CgroupRecord record) => new(id, record, isDefault: false);

    /// <summary>
    /// Looks whether the group may be made, and takes it: from here on the record says that it is the container's to remove,
    /// whether it exists yet or not.
    /// </summary>
    /// <exception cref="ContainerException">A process is in the group already, or it is frozen (<see cref="ErrorReason.InvalidState"/>).</exception>
    internal void Prepare()
    {
        if (_record.Path is null)
            return;
        RefuseStrangers();
        if (!NeedsProcess)
            _record = _record with { MadeAbove = Group.ReadMissingAbove(), IsMade = true };
    }

    /// <summary>Makes the group and sets its limits; nothing for <see cref="NeedsProcess"/>.</summary>
    /// <exception cref="ContainerException">
    /// A limit can't be set, or the caller may not make groups (<see cref="ErrorReason.PermissionDenied"/>), unless nothing was
    /// asked for: then the container has none.
    /// </exception>
    internal void Create(ResourcesSpec? resources)
    {
        if (_record.Path is null || NeedsProcess)
            return;
        var made = _record.MadeAbove;
        try
        {
            Group.Create();
        }
        catch (ErrnoException e) when (e.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS && _isDefault && CgroupResources.IsUnlimited(resources))
        {
            // Neither a group nor a limit was asked for, and an ordinary user's hierarchy is not delegated, or it is read-only.
            Group.TryDelete(made);
            Group.KeepExisting();
            _record = _record with { Path = null, IsMade = false };
            return;
        }
        catch (ErrnoException e)
        {
            Group.TryDelete(made);
            _record = _record with { IsMade = false };
            throw _isDefault && e.Errno is Errno.EACCES or Errno.EPERM
                ? new ContainerException(ErrorReason.PermissionDenied, $"{_subject}: rootless needs no limits + no cgrouppath when no permission is granted for cgroups: {e.Message}.", _subject, e) { Remedy = OwnGroup.Advice() ?? DelegateIt }
                : Failure(e);
        }
        try
        {
            ApplyAll(resources);
        }
        catch
        {
            Group.TryDelete(made);
            _record = _record with { IsMade = false };
            throw;
        }
    }

    /// <summary>With <see cref="NeedsProcess"/>: makes the group with a parked process in it and sets its limits; otherwise nothing.</summary>
    internal void Admit(int pid, ResourcesSpec? resources)
    {
        if (!NeedsProcess)
            return;
        var planned = _record.Path!;
        var scope = SystemdScope.Find(_subject, _record.Unit!).Start(pid, _slice, resources, _annotations);
        _record = _record with { IsMade = true };
        var path = scope + Below(_annotations, SubgroupAnnotation) + Below(_annotations, DelegateAnnotation);
        if (path != planned && CgroupHost.Current.Mode != CgroupMode.V2)
            throw new ContainerException(ErrorReason.StartFailed, $"{_subject}: systemd put the scope into {path} instead of {planned}.", _subject);
        _record = _record with { Path = path };
        Describe(() =>
        {
            Group = Open(_record, comesWithProcess: true);
            // systemd makes the directories of the controllers that it manages; the rest is ours.
            if (path == scope)
                Group.Create();
            else
                Group.CreateBelow(pid);
        });
        ApplyAll(resources);
    }

    /// <summary>Sets every limit that is given.</summary>
    internal void Apply(ResourcesSpec? resources)
    {
        if (resources is not null && _record.Path is not null)
            CgroupResources.Apply(Group, resources);
    }

    /// <summary>Changes the limits that are given, of a running container.</summary>
    internal void Update(ResourcesSpec resources)
    {
        if (_record.Unit is { } unit)
            SystemdScope.Find(_subject, unit).Update(resources, CpuLimits.TryReadQuota(Group));
        Apply(resources);
    }

    /// <summary>Stops every process of the container, and returns when all have stopped.</summary>
    internal void Freeze() => Describe(() => Group.Freeze(Patience));

    /// <summary>Lets them go on.</summary>
    internal void Thaw() => Describe(Group.Thaw);

    /// <summary>Whether they are stopped.</summary>
    internal bool IsFrozen => Group.Exists && Describe(() => Group.IsFrozen);

    /// <summary>The processes in the group and in those that the container made below it.</summary>
    internal IReadOnlyList<int> Pids() => Describe(Group.Pids);

    /// <summary>
    /// Takes the processes out of every other group of the version 1 freezer into which somebody put them: in one that is frozen even a
    /// SIGKILL waits, and the kernel thaws who leaves it. Version 2 needs none of this.
    /// </summary>
    internal void BringBack()
    {
        if (!_record.IsMade || !Group.Has("freezer") || Group.IsUnified("freezer"))
            return;
        foreach (var pid in Pids())
        {
            try
            {
                Group.Write("freezer", "cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));
            }
            catch (ErrnoException)
            {
                // It has ended, or the group has: whether that suffices, the end of the first process tells.
            }
        }
    }

    /// <summary>Sends a signal to all of them.</summary>
    internal void KillAll(int signal)
    {
        if (_record.IsMade)
            Describe(() => Group.SendSignal(signal));
    }

    /// <summary>Removes the group with those below it; processes that are left in it are killed.</summary>
    internal void Delete()
    {
        if (_record is not { Path: not null, IsMade: true })
            return;
        if (_record.Unit is { } unit)
            SystemdScope.Find(_subject, unit).Stop();
        Describe(() =>
        {
            if (Group.TryDelete(_record.MadeAbove))
                return;
            Group.KeepExisting();
            if (Group.TryDelete(_record.MadeAbove))
                return;
            // Without a pid namespace, the end of the first process is not the end of the others.
            Group.SendSignal(SIGKILL);
            Group.Delete(_record.MadeAbove, Patience);
        });
    }

    private static Cgroup Open(CgroupRecord record, bool comesWithProcess) =>
        CgroupHost.Current.Group(record.Path ?? "/", record.Path is null ? CgroupMembership.None : CgroupMembership.All, comesWithProcess);

    private static string Below(IReadOnlyDictionary<string, string> annotations, string key)
    {
        if (!annotations.TryGetValue(key, out var name) || name.Length == 0)
            return "";
        if (name.Split('/').Any(part => part is "" or "." or ".."))
            throw new ContainerException(ErrorReason.InvalidArgument, $"annotations[\"{key}\"]: '{name}' is not a group's name.", key);
        return "/" + name;
    }

    private void ApplyAll(ResourcesSpec? resources)
    {
        Apply(resources);
        if (_record.Path is null)
            return;
        if (resources is null or { Devices.Count: 0 })
            DeviceRules.ApplyDefault(Group, _spec.Linux?.Devices ?? []);
        if (CgroupHost.Current.Mode == CgroupMode.V2 && CgroupOwner.Of(_spec) is { } owner)
            Describe(() => Group.Delegate(owner));
    }

    private void RefuseStrangers()
    {
        if (!Group.CanHaveProcesses)
            return;
        var count = Describe(Group.Pids).Count;
        if (count > 0)
        {
            throw new ContainerException(ErrorReason.InvalidState, $"{_subject}: container's cgroup is not empty: {count} process(es) found in {Group.Path}.", _subject)
            {
                Remedy = "Give it a linux.cgroupsPath of its own.",
            };
        }
        if (Describe(() => Group.IsFrozen))
        {
            throw new ContainerException(ErrorReason.InvalidState, $"{_subject}: container's cgroup unexpectedly frozen: {Group.Path}.", _subject)
            {
                Remedy = "Thaw it, or give the container a linux.cgroupsPath of its own.",
            };
        }
    }

    private static bool IsRootless => !Environment.IsPrivilegedProcess || !UserNamespace.IsInitial;

    private static string ToAbsolute(string? path, string id)
    {
        if (path is null or "")
            return IsRootless ? OwnGroup.Beside(id) : "/" + id;
        if (path.Split('/').Contains("..") || path.Contains('\0'))
            throw new ContainerException(ErrorReason.InvalidArgument, $"linux.cgroupsPath: '{path}' is not a path below the root of the hierarchies.", path);
        // runtime-spec, config-linux: a relative path is the runtime's to interpret; here it is as if it were absolute.
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").ToArray();
        return "/" + (names.Length > 0 ? string.Join('/', names) : id);
    }

    private void Describe(Action action) => Describe(() =>
    {
        action();
        return true;
    });

    private T Describe<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ErrnoException e)
        {
            throw Failure(e);
        }
    }

    private ContainerException Failure(ErrnoException error) => error.Errno switch
    {
        Errno.EACCES or Errno.EPERM or Errno.EROFS => new ContainerException(
            ErrorReason.PermissionDenied, $"{_subject}: unable to apply cgroup configuration: permission denied: {error.Message}.", _subject, error)
        {
            Remedy = DelegateIt,
        },
        Errno.ENODEV => new ContainerException(ErrorReason.NotSupported, $"{_subject}: {error.Message}.", _subject, error),
        Errno.EBUSY => new ContainerException(ErrorReason.InvalidState, $"{_subject}: the control group is in use: {error.Message}.", _subject, error),
        Errno.ETIMEDOUT => new ContainerException(ErrorReason.Timeout, $"{_subject}: {error.Message}.", _subject, error),
        _ => new ContainerException(ErrorReason.KernelError, $"{_subject}: unable to apply cgroup configuration: {error.Message}.", _subject, error),
    };
}
