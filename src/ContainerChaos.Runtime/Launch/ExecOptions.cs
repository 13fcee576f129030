namespace ContainerChaos.Runtime;

/// <summary>How a command is executed in a container, beside what its process spec says.</summary>
public sealed record ExecOptions
{
    /// <summary>The container's system call filter, which the command gets too.</summary>
    public SeccompSpec? Seccomp { get; init; }

    /// <summary>Takes what can't be granted and is not an error; null when nobody listens.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Whether the process is as <see cref="SpecValidation"/> left it a moment ago, so that it need not be checked again.</summary>
    internal bool ProcessIsChecked { get; init; }

    /// <summary>The container's maps of user and group ids, its execution domain and its memory policy.</summary>
    internal LinuxSpec? Linux { get; init; }

    /// <summary>The container's annotations.</summary>
    internal IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Whether the process stays in the caller's session keyring (keyrings(7)).</summary>
    public bool NoNewKeyring { get; init; }

    /// <summary>Whether the caller passes the terminal's output on to streams of its own, where newlines are to stay what they are.</summary>
    public bool RelaysTerminal { get; init; }

    /// <summary>How many descriptors from 3 on the process keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>Whether the kernel kills the command when the caller's thread ends (PR_SET_PDEATHSIG): nobody else would end it in time.</summary>
    public bool EndsWithCaller { get; init; }
}
