using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The environment: the last value of each variable, and HOME from the container's own password file unless it is given.</summary>
internal sealed partial class ProcessSteps
{
    private const int MaximumPasswords = 1 << 20, MaximumPath = 4096;
    private const string HomeVariable = "HOME=";

    private nint _home;

    /// <summary>
    /// Reads /etc/passwd when the container's root has been entered, so that no link in the image leads out of it; a root
    /// that shows the host's /proc could by a magic link, and those are not followed.
    /// </summary>
    internal void SetHome()
    {
        if (_process.Env.LastOrDefault(IsHome) is { } given && given.Length > HomeVariable.Length)
            return;
        const long RESOLVE_NO_MAGICLINKS = 2;
        _home = _program.Memory(HomeVariable.Length + MaximumPath);
        unsafe
        {
            Encoding.ASCII.GetBytes("HOME=/", new Span<byte>((void*)_home, HomeVariable.Length + 1));
        }
        ChildSlot file = _program.NewSlot(), length = _program.NewSlot();
        var passwords = _program.Memory(MaximumPasswords);
        // What is not there or not to be read (a FIFO does not block) leaves it at "/".
        const string step = "read /etc/passwd";
        var how = _program.Array((long)(OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK | OpenFlags.O_NOCTTY), 0L, RESOLVE_NO_MAGICLINKS);
        _program.Call(step, SystemCallNumber.openat2, NativeConstants.AT_FDCWD, _program.Text("/etc/passwd"), how, 24).Into(file).ToleratingAll().SkippingOnError(3);
        _program.Call(step, SystemCallNumber.read, file, passwords, MaximumPasswords).Into(length).ToleratingAll();
        _program.Call(step, SystemCallNumber.close, file);
        _program.FindHome(passwords, length, _process.User.Uid, _home + HomeVariable.Length, MaximumPath);
    }

    private nint Environment()
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < _process.Env.Count; i++)
            last[Name(_process.Env[i])] = i;
        var variables = _process.Env.Where((variable, i) => last[Name(variable)] == i && (_home == 0 || !IsHome(variable))).Select(_program.Text).ToList();
        if (_home != 0)
            variables.Add(_home);
        return _program.Array<nint>([.. variables, 0]);

        static string Name(string variable) => variable.IndexOf('=') is >= 0 and var end ? variable[..end] : variable;
    }

    private static bool IsHome(string variable) => variable.StartsWith(HomeVariable, StringComparison.Ordinal);
}
