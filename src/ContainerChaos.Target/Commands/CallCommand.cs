using System.Globalization;
using System.Runtime.InteropServices;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary>
/// <c>target call NUMBER [ARG...]</c>: any system call, to see what a filter or a missing capability makes of it.
/// <c>call 60 0</c> ends the main thread alone: the process stays, a zombie to those who look at it.
/// </summary>
internal static unsafe class CallCommand
{
    private const int MaximumArguments = 6;

    public static int Run(string[] arguments)
    {
        if (arguments.Length is 0 or > MaximumArguments + 1)
            throw new UsageException("call takes a number and up to six arguments");
        long* values = stackalloc long[MaximumArguments + 1];
        for (int i = 0; i < arguments.Length; i++) values[i] = Value(arguments[i]);
        long result = Libc.syscall(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
        if (result == -1)
        {
            Output.Line(Errno.Name(Libc.Errno));
            return 1;
        }

        Output.Line(result.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    // A number, or the address of a text that begins with '@'.
    private static long Value(string argument)
    {
        if (argument.StartsWith('@'))
            return Marshal.StringToCoTaskMemUTF8(argument[1..]);
        if (argument.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(argument.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long bits))
            return bits;
        return long.TryParse(argument, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new UsageException($"'{argument}' is not a number");
    }
}
