using System.Globalization;
using System.Text;
using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// <c>ccrun watchdog FILE</c>: the process that applies one fault, waits for whatever ends it, undoes it and strikes it out. Its caller
/// passes a pipe as descriptor 3 and the fault's lock as descriptor 4.
/// </summary>
public static class WatchdogProgram
{
    /// <summary>The verb for what the caller starts: it makes the watchdog a process of its own and ends.</summary>
    public const string DetachVerb = "watchdog-detach";

    /// <summary>The verb of the watchdog itself.</summary>
    public const string Verb = "watchdog";

    internal const ulong SIGTERM = 15, TermMask = 1UL << ((int)SIGTERM - 1);

    /// <summary>Executes the watchdog in a clone and returns at once, so that it is nobody's child and outlives its caller.</summary>
    /// <param name="arguments">The watchdog's.</param>
    /// <returns>0, or 125 when it could not be executed.</returns>
    public static int Detach(IReadOnlyList<string> arguments)
    {
        using var program = new ChildProgram();
        const int SIG_SETMASK = 2;
        program.Call("start a session", SystemCallNumber.setsid);
        // Blocked in every thread of the runtime to come, so that a request to end is read and not obeyed.
        program.Call("block SIGTERM", SystemCallNumber.rt_sigprocmask, SIG_SETMASK, program.Array(TermMask), 0, 8);
        program.Call(
            "execute the watchdog", SystemCallNumber.execveat, NativeConstants.AT_FDCWD, program.Text("/proc/self/exe"),
            program.TextArray(["ccrun", Verb, .. arguments]), program.TextArray([]), 0);
        using var child = program.Start(CloneFlags.None, cgroup: null);
        var failure = child.WaitForExecute();
        child.Process.Dispose();
        return failure is null ? 0 : 125;
    }

    /// <summary>Looks after a fault until it is undone.</summary>
    /// <param name="arguments">The fault's file.</param>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not [var file])
            return 2;
        Environment.CurrentDirectory = "/";
        using var messages = new FileDescriptor(DetachedProcess.PassedDescriptor);
        using var handle = new FileDescriptor(DetachedProcess.SecondPassedDescriptor);
        messages.SetCloseOnExec();
        handle.SetCloseOnExec();
        File.WriteAllText("/proc/self/comm", "ccrun-watchdog");
        // Whoever wants the fault undone finds here whom to ask.
        handle.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {ProcessStat.TryReadStartTime(Environment.ProcessId)}")));
        var ledger = new FaultLedger(Path.GetDirectoryName(Path.GetDirectoryName(file))!);
        if (ledger.TryRead(Path.GetFileNameWithoutExtension(file)) is not { } record)
            return 0;
        using var watchdog = new Watchdog(record);
        try
        {
            watchdog.Apply();
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException or ContainerException)
        {
            watchdog.Release();
            var refusal = Refused(record, e);
            try
            {
                ledger.UndoLocked(record);
            }
            catch (ContainerException left)
            {
                refusal = new ContainerException(refusal.Reason, $"{refusal.Message} {left.Message}", refusal.Target, left) { Remedy = left.Remedy };
            }
            Tell(messages, new WatchdogMessage { Error = MonitorError.From(refusal) });
            return 125;
        }
        Tell(messages, new WatchdogMessage());
        var (end, detail) = watchdog.Wait();
        watchdog.Release();
        try
        {
            ledger.UndoLocked(record);
            Tell(messages, new WatchdogMessage { End = end, Detail = detail });
            return 0;
        }
        catch (ContainerException e)
        {
            Tell(messages, new WatchdogMessage { End = end, Detail = detail, Error = MonitorError.From(e) });
            return 125;
        }
    }

    internal static ContainerException Refused(FaultRecord record, Exception e)
    {
        if (e is ContainerException { Reason: not ErrorReason.KernelError } known)
            return new ContainerException(known.Reason, $"{record.Target}: {known.Message}", record.Target.Name, known) { Remedy = known.Remedy, Errno = known.Errno };
        var errno = (e as ErrnoException)?.Errno ?? (e as ContainerException)?.Errno ?? Errno.None;
        var (reason, remedy) = errno switch
        {
            Errno.EPERM or Errno.EACCES or Errno.EROFS => (ErrorReason.PermissionDenied, "Do it as root, or as the user to whom the control group is delegated."),
            Errno.ENOENT or Errno.ENODEV => (ErrorReason.NotSupported, "The kernel has no such control here, or the target has just ended."),
            Errno.EBUSY when record.Apply.Any(step => step.Operation == FaultOperation.SetReadOnly) => (ErrorReason.InvalidState, "A file of it is open for writing, and Linux makes no mount read-only then: choose another path, or another moment."),
            Errno.ETXTBSY => (ErrorReason.InvalidState, "It is a program that runs: choose another file."),
            Errno.EBUSY => (ErrorReason.KernelError, "More memory is in use than the kernel can reclaim at once: choose a higher limit."),
            Errno.EOPNOTSUPP => (ErrorReason.NotSupported, "Choose a path on another file system."),
            _ => (ErrorReason.KernelError, (string?)null),
        };
        return new ContainerException(reason, $"{record.Target}: the fault {record.Fault} can't be applied: {e.Message.TrimEnd('.')}.", record.Target.Name, e) { Remedy = remedy, Errno = errno };
    }

    private static void Tell(FileDescriptor messages, WatchdogMessage message)
    {
        try
        {
            messages.Write([.. JsonSerializer.SerializeToUtf8Bytes(message, FaultJson.Default.WatchdogMessage), (byte)'\n']);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EPIPE)
        {
            // Nobody listens any more.
        }
    }
}
