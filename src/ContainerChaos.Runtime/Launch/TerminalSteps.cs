using System.Text;
using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;

namespace ContainerChaos.Runtime;

/// <summary>The steps that give a process a pseudo-terminal of the container's own devpts (pty(7)), and its master to a socket.</summary>
/// <remarks>
/// The slave comes from the master itself (TIOCGPTPEER), never by its name, and /dev/console is a mount of that descriptor:
/// nothing in the image can put another file in their place (CVE-2025-52565).
/// </remarks>
internal sealed class TerminalSteps
{
    private const int TCSETS = 0x5402, TIOCSCTTY = 0x540E, TIOCSWINSZ = 0x5414, TIOCSPTLCK = 0x40045431, TIOCGPTPEER = 0x5441, O_NOCTTY = 0x100;

    private readonly ChildProgram _program;
    private readonly ChildSlot _slave;

    internal TerminalSteps(ChildProgram program)
    {
        _program = program;
        _slave = program.NewSlot();
    }

    /// <summary>Opens a new terminal and sends its master away.</summary>
    /// <param name="root">The container's root, open.</param>
    /// <param name="process">Whose terminal it is.</param>
    /// <param name="socket">Where the master goes.</param>
    /// <param name="keepsNewlines">Whether newlines pass as they are: what is written is then what is read from the master.</param>
    internal unsafe void Open(ChildSlot root, ProcessSpec process, ChildSlot socket, bool keepsNewlines)
    {
        const string device = "dev/pts/ptmx";
        var master = _program.NewSlot();
        // struct open_how; RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT
        var how = _program.Array((ulong)OpenFlags.O_RDWR | (ulong)OpenFlags.O_CLOEXEC | O_NOCTTY, 0ul, 0x12ul);
        _program.Call($"open /{device} for a terminal", SystemCallNumber.openat2, root, _program.Text(device), how, 24).Into(master);
        _program.Call("unlock the terminal", SystemCallNumber.ioctl, master, TIOCSPTLCK, _program.Memory(sizeof(int)));
        _program.Call("open the terminal's slave", SystemCallNumber.ioctl, master, TIOCGPTPEER, (long)OpenFlags.O_RDWR | O_NOCTTY | (long)OpenFlags.O_CLOEXEC).Into(_slave);
        if (process.ConsoleSize is { Height: > 0 } or { Width: > 0 })
        {
            var size = process.ConsoleSize;
            _program.Call("set the terminal's size", SystemCallNumber.ioctl, _slave, TIOCSWINSZ, _program.Array((ushort)size.Height, (ushort)size.Width, (ushort)0, (ushort)0));
        }
        if (keepsNewlines)
            _program.Call("let newlines pass", SystemCallNumber.ioctl, _slave, TCSETS, ModeWithoutNewlineMapping());
        _program.Call("give the terminal to the user", SystemCallNumber.fchown, _slave, process.User.Uid, -1).Tolerating(Errno.EINVAL, Errno.EPERM);
        Send(master, socket, "/dev/pts/ptmx");
        _program.Call("close the terminal's master", SystemCallNumber.close, master);
    }

    /// <summary>Binds the terminal on /dev/console (runtime-spec, config-linux: Default Devices).</summary>
    internal void BindConsole(RootSteps root)
    {
        const long OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000;
        var tree = _program.NewSlot();
        var target = root.OpenOrMakeFile("/dev/console");
        _program.Call("bind the terminal on /dev/console", SystemCallNumber.open_tree, _slave, _program.Text(""), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH).Into(tree);
        root.Calls.Attach("bind the terminal on /dev/console", tree, target);
    }

    /// <summary>Makes it the controlling terminal of a session that has just begun, and the three standard streams.</summary>
    internal void Use()
    {
        for (var stream = 0; stream < 3; stream++)
            _program.Call("put the terminal on a standard stream", SystemCallNumber.dup2, _slave, stream);
        _program.Call("make it the controlling terminal", SystemCallNumber.ioctl, 0, TIOCSCTTY, 0);
        _program.Call("close the terminal's slave", SystemCallNumber.close, _slave);
    }

    /// <summary>
    /// Makes this process's group the terminal's foreground one (tcsetpgrp(3)): the command below an init, which would be stopped when it reads.
    /// </summary>
    internal static void TakeForeground(ChildProgram program)
    {
        const int TIOCSPGRP = 0x5410, SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIGTTOU = 22;
        var group = program.Memory(sizeof(int));
        var own = program.NewSlot();
        var signals = program.Array(1ul << (SIGTTOU - 1));
        program.Call("block SIGTTOU", SystemCallNumber.rt_sigprocmask, SIG_BLOCK, signals, 0, 8).Tolerating(Errno.EPERM);
        program.Call("get the process's id", SystemCallNumber.getpid).Into(own);
        program.Store(group, own);
        program.Call("take the terminal's foreground", SystemCallNumber.ioctl, 0, TIOCSPGRP, group).Tolerating(Errno.EPERM, Errno.ENOTTY);
        program.Call("unblock SIGTTOU", SystemCallNumber.rt_sigprocmask, SIG_UNBLOCK, signals, 0, 8).Tolerating(Errno.EPERM);
    }

    /// <summary><c>struct termios</c> as every new terminal has it (tty_std_termios), but for ONLCR.</summary>
    private unsafe nint ModeWithoutNewlineMapping()
    {
        const int size = 36;
        const uint ICRNL_IXON = 0x500, OPOST = 1, B38400_CS8_CREAD_HUPCL = 0x4BF, ISIG_to_IEXTEN = 0x8A3B;
        ReadOnlySpan<byte> characters = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0];
        var mode = _program.Memory(size);
        new ReadOnlySpan<uint>([ICRNL_IXON, OPOST, B38400_CS8_CREAD_HUPCL, ISIG_to_IEXTEN]).CopyTo(new Span<uint>((void*)mode, 4));
        characters.CopyTo(new Span<byte>((void*)(mode + 17), characters.Length));
        return mode;
    }

    /// <summary>sendmsg(2) with SCM_RIGHTS; the message is the terminal's name, as clients of a console socket expect.</summary>
    private unsafe void Send(ChildSlot master, ChildSlot socket, string name)
    {
        const int SOL_SOCKET = 1, SCM_RIGHTS = 1, MSG_NOSIGNAL = 0x4000, controlLength = 20;
        var control = _program.Memory(24);
        *(long*)control = controlLength;
        *(int*)(control + 8) = SOL_SOCKET;
        *(int*)(control + 12) = SCM_RIGHTS;
        var vector = _program.Array((long)_program.Text(name), Encoding.UTF8.GetByteCount(name));
        // struct msghdr: name, name's length, vector, count, control, its length, flags.
        var header = _program.Array(0L, 0L, (long)vector, 1L, (long)control, controlLength, 0L);
        _program.Store(control + 16, master);
        _program.Call("send the terminal to the console socket", SystemCallNumber.sendmsg, socket, header, MSG_NOSIGNAL);
    }
}
