namespace ContainerChaos.Runtime.Tests;

/// <summary>One line of a container's /proc/self/mountinfo with all its fields (proc_pid_mountinfo(5)).</summary>
public sealed record MountLine(string Root, string Point, string Options, string Propagation, string Type, string Source, string SuperOptions)
{
    public static MountLine Parse(string line)
    {
        var fields = line.Split(' ');
        var hyphen = Array.IndexOf(fields, "-", 6);
        return new MountLine(
            fields[3], fields[4], fields[5], string.Join(' ', fields[6..hyphen]), fields[hyphen + 1], fields[hyphen + 2], fields[hyphen + 3]);
    }
}
