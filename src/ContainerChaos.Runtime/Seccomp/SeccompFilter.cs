using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The seccomp section of a runtime-spec, checked and compiled.</summary>
internal sealed class SeccompFilter
{
    private const string Section = "linux.seccomp";

    /// <summary>crun's annotation that makes an unknown call an error.</summary>
    private const string FailUnknown = "run.oci.seccomp_fail_unknown_syscall";

    private SeccompFilter(SeccompProgram program, SeccompFlags flags, bool flagsAreOurs, SeccompSpec spec)
    {
        Program = program;
        Flags = flags;
        FlagsAreOurs = flagsAreOurs;
        ListenerPath = spec.ListenerPath is { Length: > 0 } path ? path : null;
        ListenerMetadata = spec.ListenerMetadata;
        Notifies = Uses(spec, "SCMP_ACT_NOTIFY");
    }

    /// <summary>The program.</summary>
    internal SeccompProgram Program { get; }

    /// <summary>The flags for seccomp(2).</summary>
    internal SeccompFlags Flags { get; }

    /// <summary>Whether nobody asked for the flags, so that a kernel without them is none the worse.</summary>
    internal bool FlagsAreOurs { get; }

    /// <summary>The agent's socket; null for none.</summary>
    internal string? ListenerPath { get; }

    /// <summary>What the agent is told besides the state.</summary>
    internal string? ListenerMetadata { get; }

    /// <summary>Whether calls wait for the agent.</summary>
    internal bool Notifies { get; }

    /// <summary>Checks and compiles a section.</summary>
    /// <param name="spec">The section; null for none.</param>
    /// <param name="annotations">The config's annotations.</param>
    /// <exception cref="ContainerException">A field makes no sense; the message begins with its path.</exception>
    internal static SeccompFilter? Create(SeccompSpec? spec, IReadOnlyDictionary<string, string>? annotations = null)
    {
        if (spec is null or { DefaultAction: "", Syscalls.Count: 0 })
            return null;
        SeccompValidation.Check(spec, new SpecField(Section));
        var rules = Rules(spec, annotations?.TryGetValue(FailUnknown, out var value) == true && value is not ("0" or "false"));

        var program = SeccompProgram.Compile(new SeccompPolicy
        {
            DefaultAction = SeccompNames.Action(spec.DefaultAction, spec.DefaultErrnoRet),
            Architectures = [.. spec.Architectures.Select(SeccompNames.Architecture).OfType<SeccompArchitecture>()],
            Rules = rules,
        });
        if (program.Length > SeccompProgram.MaximumLength)
        {
            throw new ContainerException(
                ErrorReason.InvalidArgument, $"{Section}.syscalls: the rules come to {program.Length} instructions, and the kernel takes {SeccompProgram.MaximumLength}.", Section)
            {
                Remedy = "Compare fewer arguments, or name fewer architectures.",
            };
        }
        return new SeccompFilter(program, FlagsOf(spec), spec.Flags is null, spec);
    }

    /// <summary>The flags that a checked section comes to.</summary>
    internal static SeccompFlags FlagsOf(SeccompSpec spec)
    {
        var flags = spec.Flags is null ? SeccompFlags.AllowSpeculation : SeccompFlags.None;
        foreach (var flag in spec.Flags ?? [])
            flags |= SeccompNames.Flag(flag);
        return spec.ListenerPath is { Length: > 0 } ? flags | SeccompFlags.NewListener : flags;
    }

    private static List<SeccompRule> Rules(SeccompSpec spec, bool failUnknown)
    {
        var rules = new List<SeccompRule>(512);
        for (var i = 0; i < spec.Syscalls.Count; i++)
        {
            var call = spec.Syscalls[i];
            var action = SeccompNames.Action(call.Action, call.ErrnoRet);
            var conditions = Conditions(call);
            foreach (var name in call.Names)
            {
                if (failUnknown && !SystemCallTable.IsKnown(name))
                    throw new SpecField(Section)["syscalls"][i]["names"].Invalid($"'{name}' is not a system call, and the annotation {FailUnknown} forbids those");
                foreach (var alternative in conditions)
                    rules.Add(new SeccompRule(name, action, alternative));
            }
        }
        return rules;
    }

    /// <summary>All conditions must hold; but several on one argument are alternatives, each a rule of its own (so runc and crun take them).</summary>
    private static SeccompCondition[][] Conditions(SeccompSyscallSpec call)
    {
        if (call.Args.Count == 0)
            return [[]];
        var conditions = new SeccompCondition[call.Args.Count];
        var seen = 0;
        var alternatives = false;
        for (var i = 0; i < conditions.Length; i++)
        {
            var argument = call.Args[i];
            var comparison = SeccompNames.Comparison(argument.Op);
            conditions[i] = comparison == SeccompComparison.MaskedEqual
                ? new SeccompCondition((int)argument.Index, comparison, argument.ValueTwo, argument.Value)
                : new SeccompCondition((int)argument.Index, comparison, argument.Value);
            alternatives |= (seen & (1 << (int)argument.Index)) != 0;
            seen |= 1 << (int)argument.Index;
        }
        return alternatives ? [.. conditions.Select(condition => new[] { condition })] : [conditions];
    }

    private static bool Uses(SeccompSpec spec, string action) => spec.DefaultAction == action || spec.Syscalls.Any(call => call.Action == action);
}
