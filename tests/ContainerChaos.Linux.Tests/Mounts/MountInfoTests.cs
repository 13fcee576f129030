namespace ContainerChaos.Linux.Tests;

public sealed class MountInfoTests
{
    [Fact]
    public void The_example_of_the_manual_page_is_read()
    {
        Assert.True(MountInfo.TryParse("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue", out var mount));
        Assert.Equal(new MountInfo("/mnt1", "/mnt2", "ext3", "rw,errors=continue") { Id = 36, ParentId = 35, Device = "98:0", IsSlave = true }, mount);
    }

    [Theory]
    [InlineData("36 35 98:0 / /mnt rw - tmpfs none rw")]
    [InlineData("36 35 98:0 / /mnt rw shared:7 - tmpfs none rw")]
    [InlineData("36 35 98:0 / /mnt rw shared:7 master:8 propagate_from:2 - tmpfs none rw")]
    public void Any_number_of_optional_fields_stands_before_the_hyphen(string line)
    {
        Assert.True(MountInfo.TryParse(line, out var mount));
        Assert.Equal(new MountInfo("/", "/mnt", "tmpfs", "rw") { Id = 36, ParentId = 35, Device = "98:0", IsShared = line.Contains("shared:"), IsSlave = line.Contains("master:") }, mount);
    }

    [Fact]
    public void A_directory_named_hyphen_is_no_separator()
    {
        Assert.True(MountInfo.TryParse("36 35 98:0 - - rw - tmpfs none rw", out var mount));
        Assert.Equal("-", mount.MountPoint);
    }

    [Fact]
    public void Octal_escapes_are_undone()
    {
        Assert.True(MountInfo.TryParse(@"36 35 98:0 / /a\040b\011c\012d\134040\043e rw - tmpfs none rw", out var mount));
        Assert.Equal("/a b\tc\nd\\040#e", mount.MountPoint);
    }

    [Theory]
    [InlineData(@"/ends\")]
    [InlineData(@"/ends\0")]
    [InlineData(@"/ends\04")]
    public void An_escape_that_is_cut_off_stays_as_it_is(string point)
    {
        Assert.True(MountInfo.TryParse($"36 35 98:0 / {point} rw - tmpfs none rw", out var mount));
        Assert.Equal(point, mount.MountPoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("36 35 98:0 / /mnt rw")]
    [InlineData("36 35 98:0 / /mnt rw - tmpfs none")]
    [InlineData("36 35 98:0 / /mnt rw tmpfs none rw x y z")]
    public void A_line_that_is_cut_off_is_none(string line) => Assert.False(MountInfo.TryParse(line, out _));

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_mount_point_with_odd_characters_is_found_among_this_process_s_mounts()
    {
        using var root = new TestRoot();
        var point = root["a b\tc\nd\\e#f"];
        Directory.CreateDirectory(point);
        Shell.Run("mount", "-t", "tmpfs", "none", point);
        try
        {
            Assert.Contains(MountInfo.ReadSelf(), mount => mount.MountPoint == point && mount.FileSystem == "tmpfs");
        }
        finally
        {
            Shell.Run("umount", point);
        }
    }
}
