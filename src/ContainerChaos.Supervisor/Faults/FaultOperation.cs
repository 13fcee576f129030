namespace ContainerChaos.Supervisor;

/// <summary>What one step of a fault, or of its undo, does.</summary>
public enum FaultOperation
{
    /// <summary>Writes <see cref="FaultStep.Value"/> to the existing file <see cref="FaultStep.Path"/>, in one write(2).</summary>
    Write,

    /// <summary>Freezes the control group whose freezer directory is <see cref="FaultStep.Path"/>, and waits until it is.</summary>
    Freeze,

    /// <summary>Lets it go on.</summary>
    Thaw,

    /// <summary>Sends the signal <see cref="FaultStep.Number"/> to a process.</summary>
    Signal,

    /// <summary>Sets the resource limit <see cref="FaultStep.Number"/> (RLIMIT_*) of a process to <see cref="FaultStep.Soft"/> and <see cref="FaultStep.Hard"/>.</summary>
    SetLimit,

    /// <summary>Sets the nice value of all threads of a process.</summary>
    SetNice,

    /// <summary>Makes the control group <see cref="FaultStep.Path"/>, a path below each hierarchy's root.</summary>
    MakeGroup,

    /// <summary>Ends the processes of that group and removes it.</summary>
    RemoveGroup,

    /// <summary>
    /// Takes <see cref="FaultStep.Size"/> bytes of the file system that <see cref="FaultStep.Path"/> is in, with a file that has no name
    /// (O_TMPFILE): it is gone with the process that holds it, whatever happens. Size 0 takes all there is.
    /// </summary>
    Fill,

    /// <summary>Makes <see cref="FaultStep.Number"/> empty files in the new directory <see cref="FaultStep.Path"/>, fewer where there are not so many inodes.</summary>
    MakeFiles,

    /// <summary>Removes that directory with its files.</summary>
    RemoveFiles,

    /// <summary>
    /// Makes the mount <see cref="FaultStep.Path"/> of the process's mount namespace read-only, when <see cref="FaultStep.Number"/> is 1, or writable again.
    /// </summary>
    SetReadOnly,

    /// <summary>
    /// Replaces bytes of the file <see cref="FaultStep.Value"/> below <see cref="FaultStep.Path"/>, from <see cref="FaultStep.Offset"/> on: those that are as in
    /// <see cref="FaultStep.Expected"/> by those of <see cref="FaultStep.Data"/>. What has been written since is left alone.
    /// </summary>
    Overwrite,

    /// <summary>
    /// Gives the file <see cref="FaultStep.Value"/> of the process's root a hidden name beside its own. It has the inode <see cref="FaultStep.Inode"/> in the upper layer
    /// <see cref="FaultStep.Path"/>, where it is found when the target does not run.
    /// </summary>
    HideFile,

    /// <summary>Gives it its name back; when another file has that by now, it is removed instead.</summary>
    ShowFile,

    /// <summary>Makes an nf_tables table <see cref="FaultStep.Value"/> of <see cref="FaultStep.Filters"/> in the network namespace of the target.</summary>
    AddFilter,

    /// <summary>Makes such a table that drops what begins a connection when <see cref="FaultStep.Number"/> of them, begun since, are there.</summary>
    LimitConnections,

    /// <summary>Deletes the table.</summary>
    RemoveFilter,

    /// <summary>
    /// Gives the interface <see cref="FaultStep.Value"/>, in the network namespace of the target, a queue as in <see cref="FaultStep.Emulation"/>, or a token bucket of
    /// <see cref="FaultStep.Size"/> bytes a second. Without a process it is an interface of the host.
    /// </summary>
    AddQueue,

    /// <summary>Takes that queue away.</summary>
    RemoveQueue,

    /// <summary>Sets the host's interface <see cref="FaultStep.Value"/> up, when <see cref="FaultStep.Number"/> is 1, or down.</summary>
    SetLink,

    /// <summary>
    /// Has intercepted calls of a container fail or wait as <see cref="FaultStep.Rule"/> says, by the socket <see cref="FaultStep.Path"/> of the process that
    /// answers them: it holds as long as the connection does, which the watchdog has.
    /// </summary>
    AddRule,

    /// <summary>Takes the rule <see cref="FaultStep.Value"/> back.</summary>
    RemoveRule,

    /// <summary>
    /// Has the container <see cref="FaultStep.Container"/>, whose run directory is <see cref="FaultStep.Path"/>, start with the clocks <see cref="FaultStep.Clocks"/>, and
    /// restarts it.
    /// </summary>
    SetClocks,

    /// <summary>Has it start with the host's clocks, and restarts it if it has others.</summary>
    ResetClocks,

    /// <summary>Lays a read-only mount of the host's directory <see cref="FaultStep.Path"/> over it.</summary>
    SealDirectory,

    /// <summary>Takes it away.</summary>
    UnsealDirectory,

    /// <summary>Stops a container of ours by the control socket <see cref="FaultStep.Path"/> of its monitor, at once, as an operator does.</summary>
    StopContainer,
}
