namespace ContainerChaos.Linux;

/// <summary>Some of the kernel's system calls, by name, on every architecture of this machine.</summary>
public sealed class CallSet
{
    private static readonly (SeccompArchitecture Architecture, uint Audit)[] s_architectures =
    [
        (SeccompArchitecture.X86_64, SeccompCompiler.AUDIT_ARCH_X86_64), (SeccompArchitecture.X32, SeccompCompiler.AUDIT_ARCH_X86_64),
        (SeccompArchitecture.X86, SeccompCompiler.AUDIT_ARCH_I386), (SeccompArchitecture.AArch64, SeccompCompiler.AUDIT_ARCH_AARCH64),
    ];

    private readonly Dictionary<(uint Audit, uint Number), string> _calls = [];

    /// <summary>Looks the calls up; a name that an architecture does not know is skipped there.</summary>
    public CallSet(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            foreach (var (architecture, audit) in s_architectures)
            {
                if (SystemCallTable.TryFind(name, architecture, out var number))
                    _calls[(audit, number)] = name;
            }
        }
    }

    /// <summary>The name of an intercepted call; null when it is none of these.</summary>
    public string? NameOf(in InterceptedCall call) => _calls.GetValueOrDefault((call.Architecture, call.Number));

    /// <summary>A filter that intercepts these calls and permits all others; what a <see cref="ChildProgram"/> tells its parent passes.</summary>
    public static SeccompProgram Intercept(IEnumerable<string> names) => SeccompProgram.Compile(new SeccompPolicy
    {
        DefaultAction = SeccompAction.Allow,
        Architectures = [SeccompArchitecture.X86_64, SeccompArchitecture.X86, SeccompArchitecture.X32],
        Rules = [.. names.Select(name => new SeccompRule(name, SeccompAction.Notify, [new SeccompCondition(5, SeccompComparison.NotEqual, ChildProgram.Signature)]))],
    });
}
