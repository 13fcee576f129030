namespace ContainerChaos.Linux;

/// <summary>An argument of a step: a value known now, or a slot that is read when the step runs.</summary>
public readonly record struct ChildArgument
{
    private ChildArgument(long value, bool isSlot)
    {
        Value = value;
        IsSlot = isSlot;
    }

    /// <summary>The value, or the slot's index.</summary>
    internal long Value { get; }

    /// <summary>Whether <see cref="Value"/> is the index of a slot.</summary>
    internal bool IsSlot { get; }

    /// <summary>A value.</summary>
    public static implicit operator ChildArgument(long value) => new(value, isSlot: false);

    /// <summary>A slot's content.</summary>
    public static implicit operator ChildArgument(ChildSlot slot) => new(slot.Index, isSlot: true);
}
