using System.Text;

namespace ContainerChaos.Linux;

/// <summary>The kernel's system calls by name, on each architecture that a filter can be written for.</summary>
public static partial class SystemCallTable
{
    /// <summary>The bit that tells an x32 call from one of x86-64 (asm/unistd.h, __X32_SYSCALL_BIT).</summary>
    internal const uint X32Bit = 0x4000_0000;

    /// <summary>All numbers are below this, x32's without its bit.</summary>
    internal const int Limit = 1024;

    private const int Architectures = 4;

    /// <summary>Where each entry begins: the one thing that is worked out when the table is first used.</summary>
    private static readonly ushort[] Starts = FindStarts();

    /// <summary>The names, in the order of their bytes.</summary>
    public static IEnumerable<string> Names
    {
        get
        {
            for (var i = 0; i < Starts.Length; i++)
                yield return Encoding.ASCII.GetString(Name(i));
        }
    }

    /// <summary>Whether a call exists on any of the architectures, if only as a part of another (<c>send</c> of socketcall(2)).</summary>
    public static bool IsKnown(string name) => TryFind(name, stackalloc int[Architectures]) || SeccompMultiplexer.Find(name).Number != 0;

    /// <summary>Looks a call up.</summary>
    /// <param name="name">The name, such as <c>openat2</c>.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="number">The number that the kernel sees; for x32 with bit 30 set.</param>
    /// <returns>False when there is no such call on that architecture.</returns>
    public static bool TryFind(ReadOnlySpan<char> name, SeccompArchitecture architecture, out uint number)
    {
        Span<int> numbers = stackalloc int[Architectures];
        number = 0;
        if (!TryFind(name, numbers) || numbers[(int)architecture] < 0)
            return false;
        number = (uint)numbers[(int)architecture] | (architecture == SeccompArchitecture.X32 ? X32Bit : 0);
        return true;
    }

    /// <summary>Looks a call up on all architectures at once.</summary>
    /// <param name="name">The name.</param>
    /// <param name="numbers">Gets the number by architecture, x32's without its bit; -1 where it does not exist.</param>
    internal static bool TryFind(ReadOnlySpan<char> name, Span<int> numbers)
    {
        int low = 0, high = Starts.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = Compare(name, Data[Starts[middle]..]);
            if (order == 0)
            {
                ReadNumbers(Data[(Starts[middle] + name.Length)..], numbers);
                return true;
            }
            if (order < 0)
                high = middle - 1;
            else
                low = middle + 1;
        }
        return false;
    }

    /// <summary>Compares a name with that of an entry, which ends at a blank: less than every character of a name.</summary>
    private static int Compare(ReadOnlySpan<char> name, ReadOnlySpan<byte> entry)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != entry[i] || entry[i] == ' ')
                return entry[i] == ' ' ? 1 : name[i] - entry[i];
        }
        return entry[name.Length] == ' ' ? 0 : -1;
    }

    private static ReadOnlySpan<byte> Name(int index)
    {
        var entry = Data[Starts[index]..];
        return entry[..entry.IndexOf((byte)' ')];
    }

    private static void ReadNumbers(ReadOnlySpan<byte> text, Span<int> numbers)
    {
        var at = 0;
        for (var i = 0; i < Architectures; i++)
        {
            at++; // the blank before the number
            var number = text[at] == '-' ? -1 : 0;
            for (; at < text.Length && text[at] is not ((byte)' ' or (byte)';' or (byte)'\n'); at++)
                number = number < 0 ? number : (number * 10) + text[at] - '0';
            numbers[i] = number;
        }
    }

    private static ushort[] FindStarts()
    {
        var data = Data;
        var starts = new ushort[data.Count((byte)';') + data.Count((byte)'\n') + 1];
        for (int i = 1, at = 0; i < starts.Length; i++)
        {
            at += data[at..].IndexOfAny((byte)';', (byte)'\n') + 1;
            starts[i] = (ushort)at;
        }
        return starts;
    }
}
