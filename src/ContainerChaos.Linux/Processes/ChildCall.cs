namespace ContainerChaos.Linux;

/// <summary>One step of a <see cref="ChildProgram"/>, laid out so that a cloned child can run it without the runtime.</summary>
internal unsafe struct ChildCall
{
    /// <summary>The system call's number, or one of the negative numbers below.</summary>
    internal long Number;

    /// <summary>The arguments: values, or with the bit of <see cref="SlotArguments"/> set, indices of slots.</summary>
    internal fixed long Arguments[6];

    /// <summary>Bit i set: argument i is taken from a slot.</summary>
    internal int SlotArguments;

    /// <summary>The slot that keeps the result; -1 for none.</summary>
    internal int ResultSlot;

    /// <summary>A result other than this one is an error (EPIPE); -1 accepts every success. Of a question it is -2 minus its number.</summary>
    internal long Expected;

    /// <summary>Bit n set: error number n (below 64) does not end the child.</summary>
    internal ulong Tolerated;

    /// <summary>How many further steps a tolerated error skips.</summary>
    internal int SkipOnError;

    /// <summary>How many further steps a success skips.</summary>
    internal int SkipOnSuccess;

    /// <summary>Keeps a tolerated error number in this slot, EACCES before any other; -1 for none.</summary>
    internal int ErrnoSlot;

    /// <summary>Clones this process as its own sibling (CLONE_PARENT), in new namespaces if asked to, reports the new PID, ends, and goes on in the clone.</summary>
    internal const long HandOver = -1;

    /// <summary>Fails with the error number that a slot holds.</summary>
    internal const long FailWithSlot = -2;

    /// <summary>Fails with ENOENT unless the byte at an address has a value.</summary>
    internal const long RequireByte = -3;

    /// <summary>Clones a child that goes on with the program; this process stays and becomes its init.</summary>
    internal const long BecomeInit = -4;

    /// <summary>Reports values of slots to the parent and waits for its answer.</summary>
    internal const long Ask = -5;

    /// <summary>Writes a slot's value to an address, as 32 bits.</summary>
    internal const long Store = -6;

    /// <summary>Skips steps when a slot has a value.</summary>
    internal const long SkipIf = -7;

    /// <summary>Tells the parent that it need not wait any longer, and reports what follows to another descriptor.</summary>
    internal const long Announce = -8;

    /// <summary>Fails with EPERM when the eight bytes at an address have a value.</summary>
    internal const long Forbid = -9;

    /// <summary>Fails with EPERM unless the eight bytes at an address have a value.</summary>
    internal const long Require = -10;

    /// <summary>Looks for a user's home directory in the text of a password file.</summary>
    internal const long FindHome = -11;

    /// <summary>Moves the descriptors that reports and answers go by to a given place.</summary>
    internal const long MoveReports = -12;

    /// <summary>Waits for a byte, or a signal that ends the process.</summary>
    internal const long WaitAtGate = -13;
}
