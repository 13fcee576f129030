namespace ContainerChaos.Supervisor;

/// <summary>What dies with a container's run: its socket, its lock, its FIFOs.</summary>
internal static class RunDirectory
{
    /// <summary>Removes it; only the holder of the lock may.</summary>
    internal static void Remove(ContainerPaths paths)
    {
        try
        {
            foreach (var path in (ReadOnlySpan<string>)[paths.ControlSocket, paths.FaultPoints, paths.Clocks, paths.StandardOutput, paths.StandardError, paths.Lock])
                File.Delete(path);
            Directory.Delete(paths.RunDirectory);
        }
        catch (DirectoryNotFoundException)
        {
            // It went with the container's files.
        }
        catch (IOException)
        {
            // Something that is not ours lies in it, or another monitor is starting there.
        }
    }
}
