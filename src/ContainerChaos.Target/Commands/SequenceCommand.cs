using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary><c>target seq A ; B &amp; C</c>: commands of this program, each in a child of its own, for images without a shell.</summary>
internal static class SequenceCommand
{
    public static int Run(string[] arguments)
    {
        int code = 0;
        for (int start = 0; start < arguments.Length;)
        {
            int end = Array.FindIndex(arguments, start, argument => argument is ";" or "&");
            if (end < 0) end = arguments.Length;
            if (end > start) code = RunOne(arguments.AsSpan(start, end - start), end < arguments.Length && arguments[end] == "&");
            start = end + 1;
        }

        return code;
    }

    private static int RunOne(ReadOnlySpan<string> command, bool isInBackground)
    {
        int child = ChildProcess.Start(command);
        if (child >= 0) return isInBackground ? 0 : ChildProcess.Wait(child);
        Output.Error($"seq: fork: {Errno.Name(-child)}");
        return 126;
    }
}
