using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>The mode and the size of a terminal (termios(3), ioctl_tty(2)).</summary>
public sealed unsafe class TerminalMode : IDisposable
{
    private const int TCGETS = 0x5401, TCSETS = 0x5402, TIOCGWINSZ = 0x5413, TIOCSWINSZ = 0x5414;

    private readonly FileDescriptor _terminal;
    private readonly KernelTermios _before;
    private readonly KernelTermios _raw;

    private TerminalMode(FileDescriptor terminal, KernelTermios before, KernelTermios raw)
    {
        _terminal = terminal;
        _before = before;
        _raw = raw;
    }

    /// <summary>Whether a descriptor is a terminal.</summary>
    public static bool IsTerminal(FileDescriptor descriptor)
    {
        KernelTermios mode;
        return Libc.SystemCall((nint)SystemCallNumber.ioctl, descriptor.Number, TCGETS, (nint)(&mode)) == 0;
    }

    /// <summary>Puts a terminal into raw mode (termios(3), cfmakeraw) until the result is disposed; null when it is none.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="withOutput">
    /// Whether output is raw too: for what another terminal has mapped already. Without it, it goes on to be mapped, so newlines of programs come as such.
    /// </param>
    public static TerminalMode? TryMakeRaw(FileDescriptor terminal, bool withOutput = false)
    {
        KernelTermios before;
        if (Libc.SystemCall((nint)SystemCallNumber.ioctl, terminal.Number, TCGETS, (nint)(&before)) != 0)
            return null;
        const uint inputs = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400; // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
        const uint locals = 0x8 | 0x40 | 0x2 | 0x1 | 0x8000; // ECHO ECHONL ICANON ISIG IEXTEN
        const uint CSIZE = 0x30, PARENB = 0x100, CS8 = 0x30;
        var raw = before;
        const uint OPOST = 1;
        if (withOutput)
            raw.Output &= ~OPOST;
        raw.Input &= ~inputs;
        raw.Local &= ~locals;
        raw.Control = (raw.Control & ~(CSIZE | PARENB)) | CS8;
        Libc.Checked("ioctl", "TCSETS", Libc.SystemCall((nint)SystemCallNumber.ioctl, terminal.Number, TCSETS, (nint)(&raw)));
        return new TerminalMode(terminal, before, raw);
    }

    /// <summary>Gives a terminal the size of another one; nothing when that is no terminal.</summary>
    public static void CopySize(FileDescriptor from, FileDescriptor to)
    {
        long size;
        if (Libc.SystemCall((nint)SystemCallNumber.ioctl, from.Number, TIOCGWINSZ, (nint)(&size)) == 0)
            Libc.SystemCall((nint)SystemCallNumber.ioctl, to.Number, TIOCSWINSZ, (nint)(&size));
    }

    /// <summary>A terminal's size; null when it is none, or says that it has no size.</summary>
    public static TerminalSize? ReadSize(FileDescriptor terminal)
    {
        var size = stackalloc ushort[4];
        return Libc.SystemCall((nint)SystemCallNumber.ioctl, terminal.Number, TIOCGWINSZ, (nint)size) == 0 && size[0] > 0 && size[1] > 0
            ? new TerminalSize(size[1], size[0])
            : null;
    }

    /// <summary>Gives a terminal a size. Its foreground processes get SIGWINCH if it is another one; nothing happens when it is no terminal.</summary>
    public static void SetSize(FileDescriptor terminal, TerminalSize value)
    {
        var size = stackalloc ushort[4];
        (size[0], size[1], size[2], size[3]) = (value.Height, value.Width, 0, 0);
        Libc.SystemCall((nint)SystemCallNumber.ioctl, terminal.Number, TIOCSWINSZ, (nint)size);
    }

    /// <summary>Gives the terminal back as it was; any number of times, from any thread.</summary>
    public void Restore() => Dispose();

    /// <summary>Makes it raw again: whoever stopped this process may have changed it.</summary>
    public void MakeRaw()
    {
        var raw = _raw;
        Libc.SystemCall((nint)SystemCallNumber.ioctl, _terminal.Number, TCSETS, (nint)(&raw));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var before = _before;
        Libc.SystemCall((nint)SystemCallNumber.ioctl, _terminal.Number, TCSETS, (nint)(&before));
    }

    /// <summary><c>struct termios</c> of the kernel, 36 bytes on x86-64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct KernelTermios
    {
        internal uint Input;
        internal uint Output;
        internal uint Control;
        internal uint Local;
        internal byte Line;
        internal fixed byte Characters[19];
    }
}
