namespace ContainerChaos.Linux;

/// <summary>The time namespace of a process (time_namespaces(7)).</summary>
public static class TimeNamespace
{
    /// <summary>Whether a process that it starts has other clocks than the host's.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>False when it has ended as well.</returns>
    public static bool HasOffsets(int pid)
    {
        try
        {
            // monotonic    86400         0
            return File.ReadLines($"/proc/{pid}/timens_offsets").Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var seconds, var nanoseconds] && (seconds, nanoseconds) != ("0", "0"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
