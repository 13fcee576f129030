using System.Runtime.InteropServices;
using System.Text;

namespace ContainerChaos.Linux.Tests;

/// <summary>Where libseccomp is installed: it makes a filter of the same policy, and both decide the same of every call.</summary>
public sealed unsafe partial class LibseccompTests
{
    private const string Library = "libseccomp.so.2";

    private static readonly Dictionary<SeccompArchitecture, uint> Tokens = new() { [SeccompArchitecture.X86] = 0x40000003, [SeccompArchitecture.X32] = 0x4000003E };

    [Fact]
    public void Both_decide_the_same()
    {
        if (!NativeLibrary.TryLoad(Library, out var library))
            return; // Another machine compares.
        NativeLibrary.Free(library);
        for (var seed = 0; seed < 60; seed++)
        {
            var policy = MakePolicy(new Random(seed));
            var theirs = CompileTheirs(policy);
            var ours = SeccompProgram.Compile(policy, SeccompArchitecture.X86_64);
            var random = new Random(seed);
            foreach (var call in Calls(policy, random))
            {
                var (expected, actual) = (BpfInterpreter.Run(theirs, call), BpfInterpreter.Run(ours.Instructions, call));
                Assert.True(expected == actual, $"Seed {seed}, call {call}: {actual:x8} instead of {expected:x8} by\n{string.Join("\n", policy.Rules.Select(rule => $"{rule.Name} {rule.Action.Value:x8} {string.Join(" & ", rule.Conditions)}"))}\ndefault {policy.DefaultAction.Value:x8}, {string.Join(' ', policy.Architectures)}");
            }
        }
    }

    private static SeccompPolicy MakePolicy(Random random)
    {
        SeccompAction[] actions = [SeccompAction.Allow, SeccompAction.Error(1), SeccompAction.Error(38), SeccompAction.KillProcess, SeccompAction.Trap, SeccompAction.Log];
        ulong[] values = [0, 1, 40, 0x7E020000, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0028, 0xFFFF_FFFF_0000_0000];
        var names = SystemCallTable.Names.Where(IsTheSame).ToArray();
        var perCall = new Dictionary<string, SeccompAction>();
        var rules = new List<SeccompRule>();
        for (var i = random.Next(60); i >= 0; i--)
        {
            var name = random.Next(4) == 0 ? new[] { "socket", "connect", "semop", "personality", "clone" }[random.Next(5)] : names[random.Next(names.Length)];
            // What two rules for one call with different actions come to, libseccomp does not promise.
            if (!perCall.TryGetValue(name, out var action))
                perCall[name] = action = actions[random.Next(actions.Length)];
            var comparison = (SeccompComparison)random.Next(7);
            var condition = new SeccompCondition(random.Next(6), comparison, values[random.Next(values.Length)], comparison == SeccompComparison.MaskedEqual ? values[random.Next(values.Length)] : ulong.MaxValue);
            rules.Add(new SeccompRule(name, action, random.Next(3) == 0 ? [condition] : []));
        }
        return new SeccompPolicy
        {
            DefaultAction = actions[random.Next(actions.Length)],
            Architectures = [.. Tokens.Keys.Where(_ => random.Next(3) > 0)],
            Rules = rules,
            NewerCallsAreUnknown = false, // runc's addition, not the library's
        };
    }

    private static IEnumerable<SeccompData> Calls(SeccompPolicy policy, Random random)
    {
        ulong[] values = [0, 1, 2, 3, 39, 40, 41, 0x7E020000, 0x0002_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0027, 0x1_0000_0028, 0x1_0000_0029, ulong.MaxValue];
        var numbers = new HashSet<uint> { 0, 1000, 0x4000_0000, uint.MaxValue };
        foreach (var rule in policy.Rules)
        {
            foreach (var architecture in Enum.GetValues<SeccompArchitecture>())
            {
                if (SystemCallTable.TryFind(rule.Name, architecture, out var number))
                    numbers.UnionWith([number, number + 1]);
            }
        }
        foreach (var number in numbers)
        {
            foreach (var architecture in new[] { PolicyEvaluation.X86_64, PolicyEvaluation.I386, PolicyEvaluation.AArch64 })
            {
                for (var i = 0; i < 6; i++)
                {
                    var arguments = Enumerable.Range(0, 6).Select(_ => values[random.Next(values.Length)]).ToArray();
                    // The kernel's view of a call with 32-bit registers.
                    if (architecture == PolicyEvaluation.I386)
                        arguments = [.. arguments.Select(argument => (ulong)(uint)argument)];
                    yield return new SeccompData(number, architecture, arguments);
                }
            }
        }
    }

    private static ulong[] CompileTheirs(SeccompPolicy policy)
    {
        var context = Init(policy.DefaultAction.Value);
        try
        {
            foreach (var architecture in policy.Architectures)
                Assert.Equal(0, AddArchitecture(context, Tokens[architecture]));
            foreach (var rule in policy.Rules.Where(rule => rule.Action != policy.DefaultAction))
            {
                var conditions = rule.Conditions.Select(condition => condition.Comparison == SeccompComparison.MaskedEqual
                    ? new Comparison(condition.Argument, 7, condition.Mask, condition.Value)
                    : new Comparison(condition.Argument, (int)condition.Comparison + 1, condition.Value, 0)).ToArray();
                fixed (Comparison* first = conditions)
                    Assert.Equal(0, AddRule(context, rule.Action.Value, Resolve(rule.Name), (uint)conditions.Length, first));
            }
            using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
            Assert.Equal(0, Export(context, (int)file.SafeFileHandle.DangerousGetHandle()));
            file.Seek(0, SeekOrigin.Begin);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return MemoryMarshal.Cast<byte, ulong>(bytes).ToArray();
        }
        finally
        {
            Release(context);
        }
    }

    private static int Resolve(string name)
    {
        fixed (byte* text = Encoding.ASCII.GetBytes(name + "\0"))
            return ResolveName(text);
    }

    // An older library knows fewer calls. Pseudo numbers below -1 stand for calls that an architecture multiplexes, or lacks: the
    // latter not on the machine's own, for which libseccomp 2.5.4 writes filters that miss other calls.
    private static bool IsTheSame(string name)
    {
        fixed (byte* text = Encoding.ASCII.GetBytes(name + "\0"))
        {
            if (ResolveName(text) < 0)
                return false;
            foreach (var (architecture, token) in Tokens)
            {
                var theirs = ResolveNameOn(token, text);
                if (SystemCallTable.TryFind(name, architecture, out var ours) ? (uint)theirs != ours && theirs is not (<= -100 and >= -224) : theirs >= 0)
                    return false;
            }
            return true;
        }
    }

    /// <summary>struct scmp_arg_cmp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Comparison(int argument, int operation, ulong first, ulong second)
    {
        public readonly int Argument = argument;
        public readonly int Operation = operation;
        public readonly ulong First = first;
        public readonly ulong Second = second;
    }

    [LibraryImport(Library, EntryPoint = "seccomp_init")]
    private static partial nint Init(uint action);

    [LibraryImport(Library, EntryPoint = "seccomp_release")]
    private static partial void Release(nint context);

    [LibraryImport(Library, EntryPoint = "seccomp_arch_add")]
    private static partial int AddArchitecture(nint context, uint token);

    [LibraryImport(Library, EntryPoint = "seccomp_rule_add_array")]
    private static partial int AddRule(nint context, uint action, int number, uint count, Comparison* conditions);

    [LibraryImport(Library, EntryPoint = "seccomp_export_bpf")]
    private static partial int Export(nint context, int descriptor);

    [LibraryImport(Library, EntryPoint = "seccomp_syscall_resolve_name")]
    private static partial int ResolveName(byte* name);

    [LibraryImport(Library, EntryPoint = "seccomp_syscall_resolve_name_arch")]
    private static partial int ResolveNameOn(uint token, byte* name);
}
