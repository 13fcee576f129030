namespace ContainerChaos.Linux;

/// <summary>
/// Compiles a policy. The numbers that a call can have are cut into ranges with one outcome each, and the program finds the
/// range by halving: a profile that permits 400 calls has some 60 ranges, thus 6 comparisons, on each architecture.
/// It looks at nothing but number and architecture before it permits a call without conditions, so that the
/// kernel (5.11) finds that out when the filter is loaded, and never runs the program for such a call.
/// </summary>
internal sealed class SeccompCompiler
{
    // linux/audit.h, AUDIT_ARCH_*.
    internal const uint AUDIT_ARCH_X86_64 = 0xC000_003E, AUDIT_ARCH_I386 = 0x4000_0003, AUDIT_ARCH_AARCH64 = 0xC000_00B7;

    private const uint NumberOffset = 0, ArchitectureOffset = 4;

    private readonly SeccompPolicy _policy;
    private readonly SeccompArchitecture _native;
    private readonly BpfAssembler _assembler = new();
    private readonly SeccompRule[] _rules;
    private readonly int[] _numbers;
    private readonly int[] _first = new int[SystemCallTable.Limit];
    private readonly int[] _next;
    private readonly List<SeccompRange> _ranges = new(128);

    internal SeccompCompiler(SeccompPolicy policy, SeccompArchitecture native)
    {
        _policy = policy;
        _native = native;
        _rules = [.. policy.Rules];
        _next = new int[_rules.Length * 2];
        _numbers = new int[_rules.Length * 4];
        for (var i = 0; i < _rules.Length; i++)
        {
            if (!SystemCallTable.TryFind(_rules[i].Name, _numbers.AsSpan(i * 4, 4)))
                _numbers.AsSpan(i * 4, 4).Fill(-1);
        }
    }

    internal ulong[] Compile()
    {
        var next = _assembler.Return(SeccompAction.KillThread.Value);
        if (_native == SeccompArchitecture.AArch64)
        {
            next = _assembler.If(BpfAssembler.Jump.Equal, AUDIT_ARCH_AARCH64, Section(() => AddRanges(SeccompArchitecture.AArch64)), next);
        }
        else
        {
            if (Includes(SeccompArchitecture.X86))
                next = _assembler.If(BpfAssembler.Jump.Equal, AUDIT_ARCH_I386, Section(() => AddRanges(SeccompArchitecture.X86)), next);
            next = _assembler.If(BpfAssembler.Jump.Equal, AUDIT_ARCH_X86_64, Section(AddNativeX86), next);
        }
        _assembler.Load(ArchitectureOffset, next);
        return _assembler.ToProgram();
    }

    private bool Includes(SeccompArchitecture architecture) => architecture == _native || _policy.Architectures.Contains(architecture);

    private int Section(Action addRanges)
    {
        _ranges.Clear();
        addRanges();
        return _assembler.Load(NumberOffset, Search(0, _ranges.Count));
    }

    /// <summary>The machine tells x86-64 and x32 apart by the number only.</summary>
    private void AddNativeX86()
    {
        AddRanges(SeccompArchitecture.X86_64);
        if (Includes(SeccompArchitecture.X32))
        {
            AddRanges(SeccompArchitecture.X32);
            return;
        }
        AddRange(new SeccompRange(SystemCallTable.X32Bit, SeccompAction.KillThread));
        // A tracer that has skipped a call leaves -1 behind, which belongs to no architecture.
        AddRange(new SeccompRange(uint.MaxValue, _policy.DefaultAction));
    }

    private void AddRanges(SeccompArchitecture architecture)
    {
        var origin = architecture == SeccompArchitecture.X32 ? SystemCallTable.X32Bit : 0;
        var last = LinkRules(architecture);
        AddRange(new SeccompRange(origin, _policy.DefaultAction));
        for (var number = 0; number < _first.Length; number++)
        {
            if (_first[number] < 0)
                continue;
            AddRange(Outcome((uint)number | origin, _first[number], architecture));
            AddRange(new SeccompRange(((uint)number | origin) + 1, _policy.DefaultAction));
        }
        if (last >= 0 && _policy.NewerCallsAreUnknown && !_policy.DefaultAction.Permits)
            AddRange(new SeccompRange((origin | (uint)last) + 1, SeccompAction.Error((int)Errno.ENOSYS)));
    }

    /// <summary>
    /// Chains the rules for each number in their order; a rule for a multiplexed call is in the multiplexing call's chain too,
    /// with an index past all rules. No list is made and nothing sorted: a start of a container pays for what this takes.
    /// </summary>
    /// <returns>The largest number that any rule names; -1 for none.</returns>
    private int LinkRules(SeccompArchitecture architecture)
    {
        var last = -1;
        Array.Fill(_first, -1);
        for (var i = _rules.Length - 1; i >= 0; i--)
        {
            var number = _numbers[(i * 4) + (int)architecture];
            last = Math.Max(last, number);
            if (_rules[i].Action == _policy.DefaultAction)
                continue;
            if (architecture == SeccompArchitecture.X86 && SeccompMultiplexer.Find(_rules[i].Name).Number is > 0 and var multiplexer)
                Link((int)multiplexer, i + _rules.Length);
            if (number >= 0)
                Link(number, i);
        }
        return last;

        void Link(int number, int index)
        {
            _next[index] = _first[number];
            _first[number] = index;
        }
    }

    private SeccompRange Outcome(uint number, int first, SeccompArchitecture architecture)
    {
        for (var i = first; i >= 0; i = _next[i])
        {
            if (i < _rules.Length && _rules[i].Conditions.Count == 0)
                return new SeccompRange(number, _rules[i].Action);
        }
        var narrow = architecture is SeccompArchitecture.X86 or SeccompArchitecture.X32;
        var calls = new List<SeccompCall>();
        for (var i = first; i >= 0; i = _next[i])
        {
            var rule = _rules[i % _rules.Length];
            calls.Add(new SeccompCall(rule.Action, i < _rules.Length ? rule.Conditions : SeccompMultiplexer.Rewrite(rule), narrow));
        }
        return new SeccompRange(number, default, calls);
    }

    /// <summary>Adds a range up to the end of all numbers. One that begins where the last does replaces it; one with the same outcome continues it.</summary>
    private void AddRange(SeccompRange range)
    {
        if (_ranges.Count > 0 && _ranges[^1].Start == range.Start)
            _ranges.RemoveAt(_ranges.Count - 1);
        if (_ranges.Count > 0 && range.Calls is null && _ranges[^1] is { Calls: null } before && before.Action == range.Action)
            return;
        _ranges.Add(range);
    }

    private int Search(int from, int to)
    {
        if (to - from == 1)
            return _ranges[from] is { Calls: { } calls } ? Conditional(calls) : _assembler.Return(_ranges[from].Action.Value);
        var middle = (from + to) / 2;
        var above = Search(middle, to);
        var below = Search(from, middle);
        return _assembler.If(BpfAssembler.Jump.GreaterOrEqual, _ranges[middle].Start, above, below);
    }

    private int Conditional(List<SeccompCall> calls)
    {
        var next = _assembler.Return(_policy.DefaultAction.Value);
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            var then = _assembler.Return(calls[i].Action.Value);
            for (var c = calls[i].Conditions.Count - 1; c >= 0; c--)
                then = SeccompTest.Emit(_assembler, calls[i].Conditions[c], calls[i].IsNarrow, then, next);
            next = then;
        }
        return next;
    }
}
