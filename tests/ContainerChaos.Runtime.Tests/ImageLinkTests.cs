namespace ContainerChaos.Runtime.Tests;

/// <summary>What an image may hold is somebody else's idea.</summary>
public sealed class ImageLinkTests : ContainerTest
{
    [Theory]
    [InlineData("proc", "/etc")]
    [InlineData("proc", "../../../../etc")]
    [InlineData("dev", "/")]
    [InlineData("dev", "/../../..")]
    [InlineData("sys", "/tmp")]
    [InlineData("data", "/etc")]
    [InlineData("data", "/proc/self/root/../../../..")]
    public void A_symbolic_link_of_the_image_leads_nowhere_outside(string name, string target)
    {
        var before = HostMounts();
        var hostEntries = Directory.GetFileSystemEntries("/etc").Length + Directory.GetFileSystemEntries("/").Length;
        var layer = Path.Combine(Root.DataRoot, "layers", "links");
        Directory.CreateDirectory(Path.Combine(layer, "etc"));
        Directory.CreateDirectory(Path.Combine(layer, "tmp"));
        File.CreateSymbolicLink(Path.Combine(layer, name), target);
        var volume = Root["volume"];
        Directory.CreateDirectory(volume);
        var container = Create(
            ["seq", "write", "/data/inside", "x", ";", "write", "/etc/inside", "x"],
            definition => definition with { LowerDirs = [layer, TestContainer.Layer(Root)] },
            spec => spec with { Mounts = [.. spec.Mounts, new MountSpec { Type = "bind", Source = volume, Destination = "/data", Options = ["rbind"] }] });
        try
        {
            container.Run();
        }
        catch (ContainerException e)
        {
            // An image that makes no sense may be refused.
            Assert.Equal(ErrorReason.StartFailed, e.Reason);
        }
        Assert.Equal(before, HostMounts());
        Assert.Equal(hostEntries, Directory.GetFileSystemEntries("/etc").Length + Directory.GetFileSystemEntries("/").Length);
        Assert.False(File.Exists("/etc/inside"));
    }

    /// <summary>Without those that another test has just now below a directory of its own.</summary>
    private string[] HostMounts() => [.. File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(Root.Directory) || !line.Contains("/tmp/cc-"))];
}
