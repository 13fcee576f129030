namespace ContainerChaos.Target.Report;

/// <summary>What /proc says about the processes that can be seen.</summary>
internal static class ProcessTable
{
    /// <summary>Calls back for each process.</summary>
    /// <returns>False when there is no /proc.</returns>
    public static bool Read(Action<ProcessEntry> found)
    {
        return DirectoryReader.Read("/proc", (name, _) =>
        {
            if (int.TryParse(name, out int pid) && ProcessEntry.TryRead(pid, out ProcessEntry entry)) found(entry);
        }) == 0;
    }
}
