namespace ContainerChaos.Linux;

/// <summary>A step that was just appended, and what else can be said of it.</summary>
public readonly struct ChildStep
{
    private readonly ChildProgram _program;
    private readonly int _index;

    internal ChildStep(ChildProgram program, int index)
    {
        _program = program;
        _index = index;
    }

    /// <summary>Its place in the program.</summary>
    public int Index => _index;

    /// <summary>Keeps the result in a slot.</summary>
    public ChildStep Into(ChildSlot slot)
    {
        _program[_index].ResultSlot = slot.Index;
        return this;
    }

    /// <summary>Goes on after these errors instead of ending the child.</summary>
    /// <param name="errors">Error numbers below 64.</param>
    public ChildStep Tolerating(params ReadOnlySpan<Errno> errors)
    {
        foreach (var errno in errors)
            _program[_index].Tolerated |= 1UL << (int)errno;
        return this;
    }

    /// <summary>Goes on after every error.</summary>
    public ChildStep ToleratingAll()
    {
        _program[_index].Tolerated = ulong.MaxValue;
        return this;
    }

    /// <summary>A tolerated error skips the next <paramref name="steps"/> steps.</summary>
    public ChildStep SkippingOnError(int steps)
    {
        _program[_index].SkipOnError = steps;
        return this;
    }

    /// <summary>A success skips the next <paramref name="steps"/> steps.</summary>
    public ChildStep SkippingOnSuccess(int steps)
    {
        _program[_index].SkipOnSuccess = steps;
        return this;
    }

    /// <summary>A tolerated error number is kept in a slot; EACCES is not overwritten by a later one.</summary>
    public ChildStep KeepingErrnoIn(ChildSlot slot)
    {
        _program[_index].ErrnoSlot = slot.Index;
        return this;
    }

    /// <summary>A result other than this one is an error.</summary>
    public ChildStep Expecting(long result)
    {
        _program[_index].Expected = result;
        return this;
    }

    internal void Answering(int question) => _program[_index].Expected = -2 - question;
}
