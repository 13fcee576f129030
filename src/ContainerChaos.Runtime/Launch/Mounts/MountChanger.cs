using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Mounts and unmounts in a running container: a process of this program's own enters its namespaces for that, and executes nothing.</summary>
/// <param name="container">The container.</param>
/// <param name="process">Its first process.</param>
internal sealed class MountChanger(StoredContainer container, PidFd process)
{
    /// <summary>Adds mounts. The source of a bind mount is the host's.</summary>
    /// <exception cref="ContainerException">One is invalid, or could not be made; those before it stay.</exception>
    internal void Add(IReadOnlyList<MountSpec> mounts) => Run((program, namespaces, inputs) =>
    {
        var root = new RootSteps(program, namespaces.HasUser);
        root.Enter();
        // Those to join are joined; what is asked for below is only which there are.
        var linux = container.Spec.Linux ?? new LinuxSpec();
        var spec = container.Spec with { Mounts = mounts, Linux = linux with { Namespaces = [.. linux.Namespaces.Select(n => n with { Path = null })] } };
        var plan = new MountPlan(
            spec, new LaunchOptions { RootPath = "/" }, new NamespaceSteps(program, spec.Linux), CgroupHost.Current.Group("/", CgroupMembership.None), inputs)
        { IsInside = true };
        var steps = new MountSteps(program, root, plan);
        steps.Mount();
        steps.Close(pathsToo: false);
    });

    /// <summary>Takes mounts off their destinations, the last one first.</summary>
    /// <exception cref="ContainerException">Nothing is mounted at one of them.</exception>
    internal void Remove(IReadOnlyList<MountSpec> mounts) => Run((program, _, _) =>
    {
        const int UMOUNT_NOFOLLOW = 8;
        foreach (var mount in mounts.Reverse())
        {
            // Its root is the process's: no name leads out of the container.
            var path = RootSteps.Normalize(mount.Destination);
            program.Call($"unmount {path}", SystemCallNumber.umount2, program.Text(path), MountFlags.MNT_DETACH | UMOUNT_NOFOLLOW);
        }
    });

    private void Run(Action<ChildProgram, ContainerNamespaces, LaunchInputs> compile)
    {
        const int PR_SET_DUMPABLE = 4;
        using var program = new ChildProgram();
        var inputs = new LaunchInputs(program);
        var target = program.NewSlot();
        var namespaces = ContainerNamespaces.Of(container.Record!.Pid);
        // Nobody in the container may look into a process that has come from outside.
        program.Call("become undumpable", SystemCallNumber.prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
        namespaces.Join(program, target, except: CloneFlags.CLONE_NEWPID);
        if (namespaces.HasUser)
        {
            program.Call("become its group 0", SystemCallNumber.setresgid, 0, 0, 0).Tolerating(Errno.EINVAL);
            program.Call("become its user 0", SystemCallNumber.setresuid, 0, 0, 0).Tolerating(Errno.EINVAL);
        }
        compile(program, namespaces, inputs);
        program.Call("end", SystemCallNumber.exit_group, 0);

        using var opened = inputs.Open();
        using var child = program.Start(CloneFlags.None, null, [(target, process.Number), .. opened.Values]);
        var failure = child.WaitForExecute();
        using var done = child.Process;
        if (failure is not null)
            throw new ContainerException(ErrorReason.KernelError, $"{container.Id}: {failure.Step}: {ErrnoException.Describe(failure.Errno)}.", container.Id) { Errno = failure.Errno };
        done.WaitForExit();
    }
}
