using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The steps that fill a container's root: mounts and devices in it, and what of it is hidden or read-only.</summary>
internal sealed class MountSteps
{
    private readonly ChildProgram _program;
    private readonly MountPlan _plan;
    private readonly BindSteps _binds;
    private readonly FileSystemSteps _fileSystems;
    private readonly CgroupMountSteps _cgroups;
    private readonly DeviceSteps _devices;
    private readonly PathSteps _paths;

    internal MountSteps(ChildProgram program, RootSteps root, MountPlan plan)
    {
        var guard = new ProcGuard(program);
        _program = program;
        _plan = plan;
        _binds = new BindSteps(program, root, plan, guard);
        _fileSystems = new FileSystemSteps(program, root, plan, guard);
        _cgroups = new CgroupMountSteps(program, root, plan, guard);
        _devices = new DeviceSteps(program, root, plan);
        _paths = new PathSteps(program, root, plan);
    }

    /// <summary>Mounts everything in the spec's order, and fills /dev. The process is in its control group and the namespace of that by now.</summary>
    internal void Fill()
    {
        // What is the host's stays as it is.
        if (!Mount())
            _devices.Make();
    }

    /// <summary>Mounts everything in the spec's order.</summary>
    /// <returns>Whether /dev is a bind mount.</returns>
    internal bool Mount()
    {
        var hasHostsDevices = false;
        _program.Stage = ChildStage.Mount;
        for (var i = 0; i < _plan.Spec.Mounts.Count; i++)
        {
            var spec = _plan.Spec.Mounts[i];
            var entry = new MountEntry(i, spec, MountOptions.Parse(spec), Destination(spec));
            if (entry.Options.IsBind)
                hasHostsDevices |= entry.Destination == "/dev";
            Mount(entry);
        }
        _program.Stage = ChildStage.Setup;
        return hasHostsDevices;
    }

    /// <summary>Makes read-only, or hides, what no hook and no other mount writes to any more.</summary>
    /// <param name="pathsToo">Whether the spec's read-only and masked paths are meant as well.</param>
    internal void Close(bool pathsToo = true)
    {
        _fileSystems.MakeReadOnly();
        if (!pathsToo)
            return;
        _paths.MakeReadOnly(_plan.Linux.ReadonlyPaths);
        _paths.Mask(_plan.Linux.MaskedPaths);
    }

    private void Mount(MountEntry entry)
    {
        if (!entry.Options.IsRemount)
            ProcGuard.Check(entry);
        if (entry.Destination == "/dev/shm" && _plan.Options.SharedMemoryFrom is { } mountNamespace)
        {
            _binds.BindSharedMemory(entry, mountNamespace);
        }
        else if (entry.Options.IsRemount)
        {
            if (entry.Options.IsBind || entry.Spec.Type is null or "")
                _binds.Remount(entry);
            else
                _fileSystems.Remount(entry);
        }
        else if (entry.Options.IsBind)
        {
            _binds.Bind(entry);
        }
        else if (entry.Spec.Type is not { Length: > 0 } type)
        {
            throw entry.Invalid("type", "it is missing, and no option makes it a bind mount.");
        }
        else if (type == "cgroup" || (type == "cgroup2" && CgroupHost.Current.Mode == CgroupMode.V2))
        {
            _cgroups.Mount(entry);
        }
        else
        {
            _fileSystems.Mount(entry);
        }
    }

    /// <summary>The destination in the container. One that names the root as the host does is meant inside, as with runc.</summary>
    private string Destination(MountSpec spec)
    {
        var path = RootSteps.Normalize(spec.Destination);
        return path.StartsWith(_plan.RootPath + "/", StringComparison.Ordinal) ? path[_plan.RootPath.Length..] : path;
    }
}
