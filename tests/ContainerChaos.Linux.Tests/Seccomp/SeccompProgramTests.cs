namespace ContainerChaos.Linux.Tests;

/// <summary>The compiled program decides as the policy reads, for any policy and any call.</summary>
public sealed class SeccompProgramTests
{
    private static readonly SeccompAction[] Actions =
    [
        SeccompAction.Allow, SeccompAction.Error(1), SeccompAction.Error(38), SeccompAction.KillProcess, SeccompAction.KillThread,
        SeccompAction.Trap, SeccompAction.Trace(7), SeccompAction.Log, SeccompAction.Notify,
    ];

    private static readonly string[] Names = [.. SystemCallTable.Names];

    // Where halves meet, signs change and masks end.
    private static readonly ulong[] Values =
    [
        0, 1, 2, 38, 39, 40, 0x7E020000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0001, 0x1_FFFF_FFFF,
        0x2_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_FFFF_FFFE, ulong.MaxValue,
    ];

    [Theory]
    [InlineData(1, 60, 12)]
    [InlineData(2, 3, 100)]
    [InlineData(3, 1, 900)]
    public void A_program_decides_as_its_policy(int seed, int policies, int rules)
    {
        for (var round = 0; round < policies; round++)
        {
            var random = new Random((seed * 100_003) + round);
            var policy = MakePolicy(random, random.Next(rules + 1));
            var program = SeccompProgram.Compile(policy, SeccompArchitecture.X86_64);
            foreach (var call in Calls(policy, random))
            {
                var (expected, actual) = (PolicyEvaluation.Evaluate(policy, call), BpfInterpreter.Run(program.Instructions, call));
                Assert.True(expected == actual, $"Seed {seed}, round {round}, call {call}: {actual:x8} instead of {expected:x8} by {string.Join("; ", policy.Rules.Where(r => Concerns(r, call)))}, default {policy.DefaultAction}, {string.Join(' ', policy.Architectures)}");
            }
        }
    }

    [Theory]
    [InlineData(SeccompComparison.NotEqual)]
    [InlineData(SeccompComparison.Less)]
    [InlineData(SeccompComparison.LessOrEqual)]
    [InlineData(SeccompComparison.Equal)]
    [InlineData(SeccompComparison.GreaterOrEqual)]
    [InlineData(SeccompComparison.Greater)]
    [InlineData(SeccompComparison.MaskedEqual)]
    public void A_comparison_looks_at_all_64_bits(SeccompComparison comparison)
    {
        foreach (var value in Values)
        {
            foreach (var mask in comparison == SeccompComparison.MaskedEqual ? Values : [ulong.MaxValue])
            {
                for (var index = 0; index < 6; index += 5)
                {
                    var condition = new SeccompCondition(index, comparison, value, mask);
                    var program = SeccompProgram.Compile(
                        new SeccompPolicy { DefaultAction = SeccompAction.Allow, Rules = [new("read", SeccompAction.Error(5), [condition])] }, SeccompArchitecture.X86_64);
                    foreach (var argument in Values)
                    {
                        var arguments = new ulong[6];
                        arguments[index] = argument;
                        var expected = PolicyEvaluation.Holds(condition, arguments, narrow: false) ? SeccompAction.Error(5) : SeccompAction.Allow;
                        Assert.Equal((condition, argument, expected.Value), (condition, argument, BpfInterpreter.Run(program.Instructions, new SeccompData(0, PolicyEvaluation.X86_64, arguments))));
                    }
                }
            }
        }
    }

    [Fact]
    public void Another_architecture_ends_the_thread()
    {
        var policy = new SeccompPolicy { DefaultAction = SeccompAction.Allow };
        var program = SeccompProgram.Compile(policy, SeccompArchitecture.X86_64);
        Assert.Equal(SeccompAction.KillThread.Value, Run(program, PolicyEvaluation.AArch64, 0));
        Assert.Equal(SeccompAction.KillThread.Value, Run(program, PolicyEvaluation.I386, 3));
        Assert.Equal(SeccompAction.KillThread.Value, Run(program, PolicyEvaluation.X86_64, 0x4000_0000));
        Assert.Equal(SeccompAction.Allow.Value, Run(program, PolicyEvaluation.X86_64, uint.MaxValue));
        Assert.Equal(SeccompAction.Allow.Value, Run(program, PolicyEvaluation.X86_64, 0));

        var both = SeccompProgram.Compile(policy with { Architectures = [SeccompArchitecture.X86, SeccompArchitecture.X32] }, SeccompArchitecture.X86_64);
        Assert.Equal(SeccompAction.Allow.Value, Run(both, PolicyEvaluation.I386, 3));
        Assert.Equal(SeccompAction.Allow.Value, Run(both, PolicyEvaluation.X86_64, 0x4000_0000));
    }

    [Fact]
    public void On_arm_the_machine_s_own_calls_are_looked_at()
    {
        var policy = new SeccompPolicy { DefaultAction = SeccompAction.Error(1), Rules = [new("openat", SeccompAction.Allow, []), new("open", SeccompAction.Allow, [])] };
        var program = SeccompProgram.Compile(policy, SeccompArchitecture.AArch64);
        Assert.Equal(SeccompAction.Allow.Value, Run(program, PolicyEvaluation.AArch64, 56));
        Assert.Equal(SeccompAction.Error(1).Value, Run(program, PolicyEvaluation.AArch64, 55));
        Assert.Equal(SeccompAction.Error(38).Value, Run(program, PolicyEvaluation.AArch64, 57));
        Assert.Equal(SeccompAction.KillThread.Value, Run(program, PolicyEvaluation.X86_64, 56));
    }

    [Fact]
    public void A_rule_for_a_socket_call_holds_for_socketcall_too()
    {
        var policy = new SeccompPolicy { DefaultAction = SeccompAction.Allow, Architectures = [SeccompArchitecture.X86], Rules = [new("connect", SeccompAction.Error(13), [])] };
        var program = SeccompProgram.Compile(policy, SeccompArchitecture.X86_64);
        Assert.Equal(SeccompAction.Error(13).Value, Run(program, PolicyEvaluation.I386, 102, 3));
        Assert.Equal(SeccompAction.Allow.Value, Run(program, PolicyEvaluation.I386, 102, 2));
        Assert.Equal(SeccompAction.Error(13).Value, Run(program, PolicyEvaluation.I386, 362));
        Assert.Equal(SeccompAction.Error(13).Value, Run(program, PolicyEvaluation.X86_64, 42));
    }

    [Fact]
    public void A_call_without_conditions_is_permitted_on_its_number_alone()
    {
        // The kernel finds such calls when it loads a filter, and never runs the filter for them (5.11, seccomp_cache_prepare).
        var policy = new SeccompPolicy { DefaultAction = SeccompAction.Error(1), Rules = [.. Names.Select(name => new SeccompRule(name, SeccompAction.Allow, []))] };
        var program = SeccompProgram.Compile(policy, SeccompArchitecture.X86_64);
        Assert.DoesNotContain(program.Instructions.ToArray(), instruction => (ushort)instruction == 0x20 && instruction >> 32 > 4);
        Assert.True(program.Length < 64, $"{program.Length} instructions.");
    }

    private static uint Run(SeccompProgram program, uint architecture, uint number, params ulong[] arguments) =>
        BpfInterpreter.Run(program.Instructions, new SeccompData(number, architecture, [.. arguments, .. new ulong[6 - arguments.Length]]));

    private static SeccompPolicy MakePolicy(Random random, int rules) => new()
    {
        DefaultAction = Pick(random, Actions),
        Architectures = [.. Enum.GetValues<SeccompArchitecture>().Where(_ => random.Next(3) > 0)],
        NewerCallsAreUnknown = random.Next(4) > 0,
        Rules = [.. Enumerable.Range(0, rules).Select(_ => new SeccompRule(MakeName(random, rules), Pick(random, Actions), MakeConditions(random)))],
    };

    // Now and then from a few, so that one call gets several rules; now and then one that the kernel never heard of.
    private static string MakeName(Random random, int rules) => random.Next(20) switch
    {
        0 => "made_up_" + random.Next(9),
        < 5 => Pick(random, Names.AsSpan(0, Math.Min(Names.Length, 1 + (rules / 8)))),
        < 8 => Pick(random, ["socket", "connect", "shmget", "semop", "socketcall", "ipc", "clone"]),
        _ => Pick(random, Names),
    };

    private static SeccompCondition[] MakeConditions(Random random) =>
        random.Next(3) > 0
            ? []
            : [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ =>
            {
                var comparison = Pick(random, Enum.GetValues<SeccompComparison>());
                return new SeccompCondition(random.Next(6), comparison, Pick(random, Values), comparison == SeccompComparison.MaskedEqual ? Pick(random, Values) : ulong.MaxValue);
            })];

    private static IEnumerable<SeccompData> Calls(SeccompPolicy policy, Random random)
    {
        var numbers = new HashSet<uint> { 0, 511, 1000, 0x3FFF_FFFF, 0x4000_0000, 0x4000_0200, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue - 1, uint.MaxValue };
        foreach (var rule in policy.Rules)
        {
            foreach (var architecture in Enum.GetValues<SeccompArchitecture>())
            {
                if (SystemCallTable.TryFind(rule.Name, architecture, out var number))
                    numbers.UnionWith([number, number + 1, number == 0 ? 0 : number - 1]);
            }
        }
        foreach (var number in numbers)
        {
            foreach (var architecture in new[] { PolicyEvaluation.X86_64, PolicyEvaluation.I386, PolicyEvaluation.AArch64, 0u })
            {
                for (var i = 0; i < 3; i++)
                {
                    var arguments = Enumerable.Range(0, 6).Select(_ => Pick(random, Values) + (ulong)random.Next(2)).ToArray();
                    if (number is 102 or 117)
                        arguments[0] = (ulong)random.Next(26);
                    yield return new SeccompData(number, architecture, arguments);
                }
            }
        }
    }

    private static bool Concerns(SeccompRule rule, SeccompData call) =>
        Enum.GetValues<SeccompArchitecture>().Any(architecture => SystemCallTable.TryFind(rule.Name, architecture, out var number) && number == call.Number);

    private static T Pick<T>(Random random, ReadOnlySpan<T> items) => items[random.Next(items.Length)];

    private static T Pick<T>(Random random, T[] items) => items[random.Next(items.Length)];
}
