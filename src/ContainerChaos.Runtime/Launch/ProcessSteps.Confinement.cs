using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>What keeps a process apart besides namespaces and capabilities: its keyring and its labels.</summary>
internal sealed partial class ProcessSteps
{
    private ChildSlot? _proc;

    /// <summary>
    /// The host's /proc, kept for the labels that are set when it can no longer be reached by name: what a container has
    /// there may be anything.
    /// </summary>
    private void OpenProc()
    {
        if (!HasAppArmorProfile && !HasSelinuxLabel)
            return;
        var proc = _program.NewSlot();
        _program.Call("open /proc", SystemCallNumber.openat, NativeConstants.AT_FDCWD, _program.Text("/proc"), (long)(OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC), 0)
            .Into(proc);
        _proc = proc;
    }

    private bool HasAppArmorProfile => _process.ApparmorProfile is { Length: > 0 } && SecurityModules.HasAppArmor;

    private bool HasSelinuxLabel => _process.SelinuxLabel is { Length: > 0 } && SecurityModules.HasSelinux;

    /// <summary>What the kernel applies at the execve(2): aa_change_onexec(2), setexeccon(3).</summary>
    private void SetLabels()
    {
        if (_proc is not { } proc)
            return;
        if (HasAppArmorProfile)
            Write($"process.apparmorProfile: set the profile {_process.ApparmorProfile}", "exec " + _process.ApparmorProfile, "self/attr/apparmor/exec", "self/attr/exec");
        if (HasSelinuxLabel)
            Write($"process.selinuxLabel: set the label {_process.SelinuxLabel}", _process.SelinuxLabel!, "self/attr/exec");

        void Write(string step, string text, params ReadOnlySpan<string> files)
        {
            var file = _program.NewSlot();
            for (var i = 0; i < files.Length; i++)
            {
                var open = _program.Call(step, SystemCallNumber.openat, proc, _program.Text(files[i]), (long)(OpenFlags.O_WRONLY | OpenFlags.O_CLOEXEC), 0).Into(file);
                if (i < files.Length - 1)
                    open.Tolerating(Errno.ENOENT).SkippingOnSuccess(files.Length - 1 - i);
            }
            _program.Call(step, SystemCallNumber.write, file, _program.Text(text), Encoding.UTF8.GetByteCount(text));
        }
    }

    /// <summary>
    /// Leaves the caller's session keyring, with the keys in it, for the container's own (session-keyring(7)), in which those
    /// of the container may search who have become another user.
    /// </summary>
    private void JoinKeyring()
    {
        if (Keyring is null)
            return;
        const int KEYCTL_JOIN_SESSION_KEYRING = 1, KEYCTL_SETPERM = 5;
        const int KEY_POS_ALL = 0x3f000000, KEY_USR_VIEW = 0x10000, KEY_USR_READ = 0x20000, KEY_USR_SEARCH = 0x80000;
        var keyring = _program.NewSlot();
        // A kernel without keys has none to leave, and a sandbox that forbids keyctl(2) forbids it to the container too.
        _program.Call("join a session keyring", SystemCallNumber.keyctl, KEYCTL_JOIN_SESSION_KEYRING, _program.Text("_ses." + Keyring))
            .Into(keyring).Tolerating(Errno.ENOSYS, Errno.EPERM).SkippingOnError(1);
        _program.Call("open the session keyring to the container", SystemCallNumber.keyctl, KEYCTL_SETPERM, keyring, KEY_POS_ALL | KEY_USR_VIEW | KEY_USR_READ | KEY_USR_SEARCH)
            .Tolerating(Errno.EACCES);
    }
}
