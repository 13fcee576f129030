namespace ContainerChaos.Target.Native;

/// <summary>glibc's <c>sigset_t</c>: 1024 bits, of which the kernel reads the first 64.</summary>
internal unsafe struct SignalSet
{
    private fixed ulong _bits[16];

    public void Add(int signal) => _bits[0] |= 1UL << (signal - 1);

    public void Remove(int signal) => _bits[0] &= ~(1UL << (signal - 1));

    public readonly bool Contains(int signal) => (_bits[0] & (1UL << (signal - 1))) != 0;
}
