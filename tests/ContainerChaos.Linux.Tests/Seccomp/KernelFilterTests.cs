using System.Runtime.InteropServices;

namespace ContainerChaos.Linux.Tests;

/// <summary>The kernel takes the programs, and decides as the policy reads. Each test filters a thread of its own, which ends with it.</summary>
public sealed unsafe partial class KernelFilterTests
{
    private const int GetPriority = 140, MarkedErrno = 77;

    private static readonly ulong[] Values = [0, 1, 5, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0005, 0x8000_0000_0000_0000, ulong.MaxValue];

    [Theory]
    [InlineData(SeccompComparison.NotEqual)]
    [InlineData(SeccompComparison.Less)]
    [InlineData(SeccompComparison.LessOrEqual)]
    [InlineData(SeccompComparison.Equal)]
    [InlineData(SeccompComparison.GreaterOrEqual)]
    [InlineData(SeccompComparison.Greater)]
    [InlineData(SeccompComparison.MaskedEqual)]
    public void The_kernel_compares_as_the_policy_reads(SeccompComparison comparison)
    {
        foreach (var value in Values)
        {
            var condition = new SeccompCondition(1, comparison, value, comparison == SeccompComparison.MaskedEqual ? 0x1_0000_0005UL : ulong.MaxValue);
            var policy = new SeccompPolicy { DefaultAction = SeccompAction.Allow, Rules = [new("getpriority", SeccompAction.Error(MarkedErrno), [condition])] };
            var denied = new bool[Values.Length];
            Filtered(policy, () =>
            {
                for (var i = 0; i < Values.Length; i++)
                    denied[i] = Errno(GetPriority, 0, (nint)Values[i]) == MarkedErrno;
            });
            for (var i = 0; i < Values.Length; i++)
                Assert.Equal((value, Values[i], PolicyEvaluation.Holds(condition, [0, Values[i]], narrow: false)), (value, Values[i], denied[i]));
        }
    }

    [Fact]
    public void The_kernel_takes_the_longest_program_and_no_longer_one()
    {
        // Rules that share nothing, until the limit is passed.
        var rules = new List<SeccompRule>();
        var program = SeccompProgram.Compile(Policy());
        var last = program;
        for (var i = 0u; program.Length <= SeccompProgram.MaximumLength; i++)
        {
            last = program;
            rules.Add(new SeccompRule("getpriority", SeccompAction.Error(MarkedErrno), [new(1, SeccompComparison.Equal, 1000 + i)]));
            program = SeccompProgram.Compile(Policy());
        }
        Assert.Equal((int)Linux.Errno.EINVAL, FilteredThread.Run(program, () => { }));
        Assert.Equal(0, FilteredThread.Run(last, () => { }));

        SeccompPolicy Policy() => new() { DefaultAction = SeccompAction.Allow, Rules = [.. rules] };
    }

    [Fact]
    public void A_call_newer_than_the_profile_does_not_exist()
    {
        // Everything is permitted but the last call that the table knows on this machine.
        var names = SystemCallTable.Names.Where(name => SystemCallTable.TryFind(name, SeccompProgram.Native, out _)).ToArray();
        var policy = new SeccompPolicy { DefaultAction = SeccompAction.Error(MarkedErrno), Rules = [.. names.Where(name => name != "getpriority").Select(name => new SeccompRule(name, SeccompAction.Allow, []))] };
        int newer = 0, denied = 0;
        Filtered(policy, () =>
        {
            newer = Errno(600);
            denied = Errno(GetPriority, 0, 0);
        });
        Assert.Equal(((int)Linux.Errno.ENOSYS, MarkedErrno), (newer, denied));
    }

    private static void Filtered(SeccompPolicy policy, Action body) => Assert.Equal(0, FilteredThread.Run(SeccompProgram.Compile(policy), body));

    private static int Errno(nint number, nint a = 0, nint b = 0, nint c = 0) => SystemCall(number, a, b, c, 0, 0, 0) == -1 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
