using System.Text;
using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;

namespace ContainerChaos.Runtime;

/// <summary>
/// The steps that set kernel parameters of a container's namespaces (linux.sysctl). They are written through the host's
/// /proc before anything of the container is mounted, and only if that is a procfs with nothing mounted in the way: a
/// write meant for one file of it must not reach another (CVE-2025-52881).
/// </summary>
internal static class SysctlSteps
{
    private const ulong RESOLVE_NO_XDEV = 1, RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_BENEATH = 8;

    internal static void Set(ChildProgram program, IReadOnlyDictionary<string, string>? parameters)
    {
        if (parameters is not { Count: > 0 })
            return;
        const string where = "linux.sysctl: /proc must be a procfs";
        var proc = program.NewSlot();
        var status = program.Memory(120);
        program.Call(where, SystemCallNumber.openat, AT_FDCWD, program.Text("/proc"), (long)(OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC), 0).Into(proc);
        program.Call(where, SystemCallNumber.fstatfs, proc, status);
        program.Require(where, status, MountFlags.PROC_SUPER_MAGIC);
        var how = program.Array(
            (ulong)(OpenFlags.O_WRONLY | OpenFlags.O_CLOEXEC), 0UL, RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
        foreach (var (key, value) in parameters)
        {
            var file = program.NewSlot();
            var step = $"linux.sysctl.{key}: set it to '{value}'";
            program.Call(step, SystemCallNumber.openat2, proc, program.Text("sys/" + SysctlValidation.File(key)), how, 24).Into(file);
            program.Call(step, SystemCallNumber.write, file, program.Text(value), Encoding.UTF8.GetByteCount(value));
            program.Call(step, SystemCallNumber.close, file);
        }
    }
}
