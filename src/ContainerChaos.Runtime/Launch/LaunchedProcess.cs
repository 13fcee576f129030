using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>A process that executes its command: a child of the caller, who reaps it.</summary>
/// <param name="Pid">The host's PID.</param>
/// <param name="StartTime">Its start time in clock ticks after boot (proc_pid_stat(5), field 22).</param>
/// <param name="Process">The process; the caller disposes it.</param>
public sealed record LaunchedProcess(int Pid, ulong StartTime, PidFd Process);
