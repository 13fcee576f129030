namespace ContainerChaos.Runtime;

/// <summary>The hooks of a container (runtime-spec, config: POSIX-platform Hooks), each list in order.</summary>
public sealed record HooksSpec
{
    /// <summary>Before the command runs, in the runtime's namespaces; deprecated, and run before <see cref="CreateRuntime"/>.</summary>
    public IReadOnlyList<HookSpec> Prestart { get; set => field = value ?? []; } = [];

    /// <summary>While the container is created, before its root is entered; in the runtime's namespaces.</summary>
    public IReadOnlyList<HookSpec> CreateRuntime { get; set => field = value ?? []; } = [];

    /// <summary>While the container is created, before its root is entered; in the container's namespaces.</summary>
    public IReadOnlyList<HookSpec> CreateContainer { get; set => field = value ?? []; } = [];

    /// <summary>When the container is started, before its command runs; in the container's namespaces.</summary>
    public IReadOnlyList<HookSpec> StartContainer { get; set => field = value ?? []; } = [];

    /// <summary>After the command has started; in the runtime's namespaces.</summary>
    public IReadOnlyList<HookSpec> Poststart { get; set => field = value ?? []; } = [];

    /// <summary>After the container is deleted; in the runtime's namespaces.</summary>
    public IReadOnlyList<HookSpec> Poststop { get; set => field = value ?? []; } = [];
}
